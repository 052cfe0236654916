/** What was just done, with a way back while there is one. */

import { useHandheld } from "../../app/live";

export function Toasts() {
  const handheld = useHandheld();
  return (
    <div class="toasts" role="status" aria-live="polite">
      {handheld.toasts.value.map((toast) => (
        <div class={`toast toast-${toast.kind}`} key={toast.id}>
          <span>{toast.text}</span>
          {toast.act && (
            <button
              type="button"
              onClick={() => {
                handheld.dropToast(toast.id);
                toast.act?.run();
              }}
            >
              {toast.act.label}
            </button>
          )}
        </div>
      ))}
    </div>
  );
}
