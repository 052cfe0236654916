import type { OrderScreenProps } from "../order/order";

export function TrialScreen(_: OrderScreenProps) {
  return null;
}
