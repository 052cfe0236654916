/** MQTT.js as the line wants it: 3.1.1 over WebSocket, clean sessions, no reconnecting of its own. */

import type { IPublishPacket, MqttClient } from "mqtt";
import type { Connect } from "./line";

const NOT_AUTHORISED: ReadonlySet<number> = new Set([4, 5]);

/** The library is large and not needed to open the app: it comes in a part of its own. */
export async function mqttConnect(): Promise<Connect> {
  const { default: mqtt } = await import("mqtt");
  return (given, { subscribe, will }, events) => {
    let down = false;
    const goDown = (notAuthorised: boolean) => {
      if (down) return;
      down = true;
      client.end(true);
      events.down({ notAuthorised });
    };
    const client: MqttClient = mqtt.connect(given.websocket_url, {
      protocolVersion: 4,
      clientId: given.client_id,
      username: given.username,
      password: given.password,
      clean: true,
      keepalive: 20,
      connectTimeout: 8_000,
      reconnectPeriod: 0,
      resubscribe: false,
      // Its usual timer is a worker made of a blob, which the page's policy forbids.
      timerVariant: "native",
      will: { topic: will.topic, payload: will.payload as never, qos: 1, retain: true },
    });
    client.handleMessage = (packet: IPublishPacket, done) => {
      events.message(packet.topic, packet.payload.toString()).then(
        () => done(),
        (error: Error) => done(error),
      );
    };
    client.on("connect", () => {
      client.subscribe(subscribe, { qos: 1 }, (error, granted) => {
        if (error || granted?.some((one) => one.qos > 2)) goDown(false);
        else if (!down) events.up();
      });
    });
    client.on("error", (error) => {
      goDown("code" in error && NOT_AUTHORISED.has(error.code as number));
    });
    client.on("close", () => goDown(false));
    return {
      publish: (topic, payload, options) => {
        if (!client.connected) return false;
        client.publish(topic, payload, { qos: 1, retain: options?.retain ?? false });
        return true;
      },
      end: () => {
        down = true;
        client.end(true);
      },
    };
  };
}
