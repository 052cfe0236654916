import type { OrderScreenProps } from "../order/order";

export function ChecklistScreen(_: OrderScreenProps) {
  return null;
}
