/** The server's URL with the database in its path; one that already names a database is left as it is. */
export function withDatabase(url: string, database: string): string {
  const [, server = url, path = '', query = ''] = /^([^/]+:\/\/[^/?]*)(\/[^?]*)?(\?.*)?$/.exec(url) ?? []
  if (path.length > 1) return url
  // A database in the path would become the one that knows the user; without it, that is `admin`.
  const source = server.includes('@') && !/[?&]authSource=/i.test(query) ? 'authSource=admin' : ''
  const parameters = [query.slice(1), source].filter((part) => part !== '').join('&')
  return `${server}/${database}${parameters ? `?${parameters}` : ''}`
}
