export function NoticesScreen() {
  return null;
}
