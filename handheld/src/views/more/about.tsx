/** Which handheld this is: what the desk asks for on the telephone. */

import { useHandheld } from "../../app/live";
import { words } from "../../words/words";

const say = words({
  zh: {
    title: "关于本机",
    device: "设备编号",
    technician: "技工",
    estate: "小区",
    version: "版本",
    server: "服务器",
  },
  en: {
    title: "About this handheld",
    device: "Device",
    technician: "Technician",
    estate: "Estate",
    version: "Version",
    server: "Server",
  },
});

export function About() {
  const handheld = useHandheld();
  const pairing = handheld.pairing.value;
  if (pairing === null) return null;
  const estate = handheld.settings.value?.estate.name;
  return (
    <section class="card about">
      <h2>{say().title}</h2>
      <dl>
        <dt>{say().device}</dt>
        <dd>{pairing.device}</dd>
        <dt>{say().technician}</dt>
        <dd>{pairing.technician.name}</dd>
        {estate !== undefined && (
          <>
            <dt>{say().estate}</dt>
            <dd>{estate}</dd>
          </>
        )}
        <dt>{say().version}</dt>
        <dd>{__APP_VERSION__}</dd>
        <dt>{say().server}</dt>
        <dd>{pairing.url}</dd>
      </dl>
    </section>
  );
}
