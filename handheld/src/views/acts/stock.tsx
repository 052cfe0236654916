import type { OrderScreenProps } from "../order/order";

export function StockScreen(_: OrderScreenProps) {
  return null;
}
