/** Screens that come in a part of their own: the first load stays small. */

import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";

/** A component that is fetched when it is first shown; the service worker keeps it from then on. */
export function later<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
): ComponentType<Props> {
  let loaded: ComponentType<Props> | null = null;
  return function Later(props: Props) {
    const [, show] = useState(0);
    useEffect(() => {
      if (loaded !== null) return;
      load().then((component) => {
        loaded = component;
        show((count) => count + 1);
      }, console.error);
    }, []);
    const Component = loaded;
    return Component === null ? null : <Component {...props} />;
  };
}
