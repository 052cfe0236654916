import type { OrderScreenProps } from "../order/order";

export function HistoryScreen(_: OrderScreenProps) {
  return null;
}
