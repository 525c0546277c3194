// A request as a command for the terminal. The key is a placeholder: nobody's session is copied.

export function curl(path, body) {
  return [
    `curl -N ${quoted(location.origin + path)}`,
    '-H "Authorization: Bearer $CANDOR_KEY"',
    "-H 'Content-Type: application/json'",
    `-d ${quoted(JSON.stringify(body))}`,
  ].join(' \\\n  ');
}

/** One word for a POSIX shell, whatever is in it. */
function quoted(text) {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
