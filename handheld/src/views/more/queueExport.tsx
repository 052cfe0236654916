/** The last resort: everything that waits, as a file that only the server can read. */

import { useEffect, useState } from "preact/hooks";
import { useHandheld } from "../../app/live";
import { exportQueue, type QueueFile } from "../../queue/exportFile";
import { bytes } from "../../words/format";
import { words } from "../../words/words";

const say = words({
  zh: {
    title: "没有网络时:导出文件",
    how: "把未送达的内容加密存成文件,用 U 盘、数据线或别的手机交给调度台导入。只有服务器能解开;导出后本机内容不会删除,也不能再撤销。",
    make: "导出未送达的内容",
    making: "正在加密…",
    noKey: "本机还没有从服务器取得加密钥匙:连上一次服务器后才能导出。",
    made: (events: number, photos: number, size: string) =>
      `文件已做好:${events} 条记录、${photos} 张照片,${size}`,
    save: "保存文件",
    share: "分享文件",
    failed: "导出没有成功,请重试。",
  },
  en: {
    title: "Where there is no network: export a file",
    how: "What has not arrived is put into an encrypted file, for the desk to take in from a stick, a cable or another phone. Only the server can read it; nothing is deleted here, and nothing of it can be undone any more.",
    make: "Export what has not arrived",
    making: "Encrypting…",
    noKey: "This handheld has not got the server's key yet: it has to be connected once first.",
    made: (events: number, photos: number, size: string) =>
      `The file is ready: ${events} records, ${photos} photos, ${size}`,
    save: "Save the file",
    share: "Share the file",
    failed: "The export failed. Please try again.",
  },
});

export function QueueExport({ waiting }: { waiting: number }) {
  const handheld = useHandheld();
  const key = handheld.settings.value?.export_key;
  const device = handheld.pairing.value?.device;
  const [busy, setBusy] = useState(false);
  const [made, setMade] = useState<{ queue: QueueFile; url: string } | null>(null);
  useEffect(
    () => () => {
      if (made !== null) URL.revokeObjectURL(made.url);
    },
    [made],
  );

  async function make(): Promise<void> {
    if (key === undefined || device === undefined) return;
    setBusy(true);
    try {
      const queue = await exportQueue(handheld.database, device, key, new Date());
      setMade({ queue, url: URL.createObjectURL(queue.file) });
    } catch (error) {
      console.error(error);
      handheld.toast(say().failed, "failed");
    } finally {
      setBusy(false);
      handheld.changes.announce("acts");
    }
  }

  if (waiting === 0 && made === null) return null;
  return (
    <section class="card">
      <h2>{say().title}</h2>
      <p class="soft">{say().how}</p>
      {key === undefined ? (
        <p class="strip soon">{say().noKey}</p>
      ) : (
        <button type="button" class="wide" disabled={busy} onClick={() => void make()}>
          {busy ? say().making : say().make}
        </button>
      )}
      {made !== null && <Made queue={made.queue} url={made.url} />}
    </section>
  );
}

function Made({ queue, url }: { queue: QueueFile; url: string }) {
  const file = new File([queue.file], queue.name, { type: queue.file.type });
  const isShareable = navigator.canShare?.({ files: [file] }) ?? false;
  return (
    <>
      <p class="strip" role="status">
        {say().made(queue.events, queue.photos, bytes(queue.file.size))}
      </p>
      <a class="button wide" href={url} download={queue.name}>
        {say().save}
      </a>
      {isShareable && (
        <button
          type="button"
          class="wide"
          onClick={() => void navigator.share({ files: [file] }).catch(() => undefined)}
        >
          {say().share}
        </button>
      )}
    </>
  );
}
