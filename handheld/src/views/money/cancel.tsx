import type { OrderScreenProps } from "../order/order";

export function CancelScreen(_: OrderScreenProps) {
  return null;
}
