export function parseDashboardSearch(): Record<string, never> {
  return {};
}
