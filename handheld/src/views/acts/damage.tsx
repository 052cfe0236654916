import type { OrderScreenProps } from "../order/order";

export function DamageScreen(_: OrderScreenProps) {
  return null;
}
