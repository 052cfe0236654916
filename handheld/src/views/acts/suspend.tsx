import type { OrderScreenProps } from "../order/order";

export function SuspendScreen(_: OrderScreenProps) {
  return null;
}
