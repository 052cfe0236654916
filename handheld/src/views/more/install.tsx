/** On the home screen the app opens at once, and the browser is slower to clear it away. */

import { install, installOffer, isInstalled } from "../../app/install";
import { words } from "../../words/words";

const say = words({
  zh: {
    install: "安装到主屏幕",
    why: "安装后一点就开,数据也不易被系统清理。",
    how: "在浏览器菜单里选“添加到主屏幕”。",
  },
  en: {
    install: "Install to the home screen",
    why: "It then opens at one touch, and the phone is slower to clear its data.",
    how: 'In the browser\'s menu choose "Add to home screen".',
  },
});

export function Install() {
  if (isInstalled()) return null;
  return (
    <section class="card">
      <h2>{say().install}</h2>
      <p class="soft">{say().why}</p>
      {installOffer.value === null ? (
        <p>{say().how}</p>
      ) : (
        <button type="button" class="wide" onClick={() => void install()}>
          {say().install}
        </button>
      )}
    </section>
  );
}
