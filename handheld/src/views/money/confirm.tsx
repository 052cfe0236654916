import type { OrderScreenProps } from "../order/order";

export function ConfirmScreen(_: OrderScreenProps) {
  return null;
}
