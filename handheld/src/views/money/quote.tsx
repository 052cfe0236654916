import type { OrderScreenProps } from "../order/order";

export function QuoteScreen(_: OrderScreenProps) {
  return null;
}
