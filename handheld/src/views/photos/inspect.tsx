import type { OrderScreenProps } from "../order/order";

export function Inspect(_: OrderScreenProps) {
  return null;
}
