export function IncidentScreen() {
  return null;
}
