import type { OrderScreenProps } from "../order/order";

export function StepScreen(_: OrderScreenProps) {
  return null;
}
