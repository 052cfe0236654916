import type { OrderScreenProps } from "../order/order";

export function AlarmScreen(_: OrderScreenProps) {
  return null;
}
