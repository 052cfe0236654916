import type { OrderScreenProps } from "../order/order";

export function GiveBackScreen(_: OrderScreenProps) {
  return null;
}
