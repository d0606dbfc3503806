/** A folder name that sorts by time and says what is in it: `2026-11-22T10-30-05-photo-of-a-cat`. */
export function groupName(created: Date, title: string): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${created.getFullYear()}-${two(created.getMonth() + 1)}-${two(created.getDate())}`;
  const time = `${two(created.getHours())}-${two(created.getMinutes())}-${two(created.getSeconds())}`;
  const words = title
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replace(/^-+|-+$/g, '');
  return [`${day}T${time}`, words].filter(Boolean).join('-');
}
