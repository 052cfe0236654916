import type { OrderScreenProps } from "../order/order";

export function HazardScreen(_: OrderScreenProps) {
  return null;
}
