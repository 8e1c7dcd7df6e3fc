//! A web server for one directory, on loopback: just what a page and its modules need.

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// The longest request that is read.
const MAX_HEAD: usize = 16 * 1024;
/// For how long a connection may say nothing; browsers open some in advance.
const PATIENCE: Duration = Duration::from_secs(10);

/// In the place of the site's list of files (`www/files.js`): without a list the page's service worker keeps no copies, and
/// whoever works on the page sees each file as it is now.
const NO_LIST: (&str, &str) = ("/files.js", "self.SITE = null;\n");

/// What is served.
pub struct Site {
    root: PathBuf,
    /// One file from elsewhere, and the path under which it is to be had, not percent-encoded.
    extra: Option<(String, PathBuf)>,
}

impl Site {
    pub fn new(root: PathBuf, extra: Option<(String, PathBuf)>) -> Self {
        Self { root, extra }
    }

    /// The file that a request's target stands for, if it is one of the site's.
    fn file(&self, target: &str) -> Option<PathBuf> {
        let path = target.split(['?', '#']).next().unwrap_or_default();
        let path = percent_decode(path)?;
        if let Some((_, file)) = self.extra.as_ref().filter(|(name, _)| path == *name) {
            return Some(file.clone());
        }
        let relative = path.strip_prefix('/')?;
        let relative = match relative {
            "" => "index.html".to_owned(),
            dir if dir.ends_with('/') => format!("{dir}index.html"),
            file => file.to_owned(),
        };
        if !relative.split('/').all(is_plain) {
            return None;
        }
        // A link inside the directory may still lead out of it.
        let file = self.root.join(relative).canonicalize().ok()?;
        let root = self.root.canonicalize().ok()?;
        (file.starts_with(root) && file.is_file()).then_some(file)
    }
}

/// Answers requests until the process ends.
pub fn serve(listener: TcpListener, site: Site) {
    let site = Arc::new(site);
    for stream in listener.incoming().flatten() {
        let site = Arc::clone(&site);
        // A request that goes wrong concerns nobody but the one who made it.
        std::thread::spawn(move || drop(answer(stream, &site)));
    }
}

fn answer(mut stream: TcpStream, site: &Site) -> std::io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    let Some(head) = read_head(&mut stream)? else {
        return Ok(());
    };
    let response = respond(&head, site);
    stream.write_all(response.head().as_bytes())?;
    if response.with_body {
        stream.write_all(&response.body)?;
    }
    stream.flush()
}

/// The request up to its empty line; `None` when there comes none.
fn read_head(stream: &mut impl Read) -> std::io::Result<Option<String>> {
    let mut head = Vec::new();
    let mut buffer = [0; 2048];
    while head.len() < MAX_HEAD {
        let count = stream.read(&mut buffer)?;
        if count == 0 {
            return Ok(None);
        }
        head.extend_from_slice(&buffer[..count]);
        if head.windows(4).any(|end| end == b"\r\n\r\n") {
            return Ok(Some(String::from_utf8_lossy(&head).into_owned()));
        }
    }
    Ok(Some(String::new()))
}

/// An answer before it is written.
struct Response {
    status: &'static str,
    kind: &'static str,
    body: Vec<u8>,
    with_body: bool,
}

impl Response {
    fn text(status: &'static str) -> Self {
        Self {
            status,
            kind: "text/plain; charset=utf-8",
            body: status.as_bytes().to_vec(),
            with_body: true,
        }
    }

    fn head(&self) -> String {
        let allow = if self.status.starts_with("405") {
            "Allow: GET, HEAD\r\n"
        } else {
            ""
        };
        format!(
            "HTTP/1.1 {}\r\nContent-Type: {}\r\nContent-Length: {}\r\n{allow}\
             Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n",
            self.status,
            self.kind,
            self.body.len()
        )
    }
}

fn respond(head: &str, site: &Site) -> Response {
    let line = head.lines().next().unwrap_or_default();
    let words: Vec<&str> = line.split(' ').collect();
    let [method, target, version] = words[..] else {
        return Response::text("400 Bad Request");
    };
    if !version.starts_with("HTTP/1.") || !target.starts_with('/') {
        return Response::text("400 Bad Request");
    }
    if method != "GET" && method != "HEAD" {
        return Response::text("405 Method Not Allowed");
    }
    let found = if target == NO_LIST.0 {
        Some((kind(Path::new(target)), Ok(NO_LIST.1.into())))
    } else {
        site.file(target).map(|file| (kind(&file), fs::read(file)))
    };
    let mut response = match found {
        Some((kind, Ok(body))) => Response {
            status: "200 OK",
            kind,
            body,
            with_body: true,
        },
        _ => Response::text("404 Not Found"),
    };
    response.with_body = method == "GET";
    response
}

/// Whether a part of a path names a file or directory right there, and no hidden one.
fn is_plain(part: &str) -> bool {
    !part.is_empty() && !part.starts_with('.') && !part.contains(['\\', ':', '\0'])
}

fn percent_decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        if *first != b'%' {
            bytes.push(*first);
            rest = tail;
            continue;
        }
        let digits = std::str::from_utf8(tail.get(..2)?).ok()?;
        // from_str_radix would take a sign.
        if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return None;
        }
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        rest = &tail[2..];
    }
    String::from_utf8(bytes).ok()
}

/// The media type by the file's ending. Browsers run no module and stream no wasm under a wrong one.
fn kind(file: &Path) -> &'static str {
    let ending = file.extension().and_then(|ending| ending.to_str());
    match ending.unwrap_or_default().to_ascii_lowercase().as_str() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "txt" | "md" | "ts" => "text/plain; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "avif" => "image/avif",
        "bmp" => "image/bmp",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TempDir;

    /// A site in `www` with a secret beside it.
    fn site(dir: &TempDir) -> Site {
        for file in [
            "secret",
            "a b.png",
            "www/index.html",
            "www/js/a.js",
            "www/js/ü.css",
            "www/.git/config",
        ] {
            dir.put(file, file);
        }
        let extra = ("/demo-image/a b.png".to_owned(), dir.join("a b.png"));
        Site::new(dir.join("www"), Some(extra))
    }

    fn get(site: &Site, target: &str) -> (String, String) {
        request(site, &format!("GET {target} HTTP/1.1\r\nHost: x\r\n\r\n"))
    }

    fn request(site: &Site, head: &str) -> (String, String) {
        let response = respond(head, site);
        let body = String::from_utf8(response.body.clone()).unwrap();
        (response.head(), body)
    }

    #[test]
    fn files_come_with_their_type_and_are_not_cached() {
        let dir = TempDir::new();
        let site = site(&dir);
        let (head, body) = get(&site, "/js/a.js?v=1");
        assert!(
            head.starts_with("HTTP/1.1 200 OK\r\nContent-Type: text/javascript"),
            "{head}"
        );
        assert!(
            head.contains("Content-Length: 11\r\n") && head.contains("no-store"),
            "{head}"
        );
        assert_eq!(body, "www/js/a.js");
        assert_eq!(get(&site, "/").1, "www/index.html");
        assert_eq!(get(&site, "/js/%C3%bc.css").1, "www/js/ü.css");
        assert_eq!(kind(Path::new("x.wasm")), "application/wasm");
    }

    #[test]
    fn no_copies_of_the_site_are_kept() {
        let dir = TempDir::new();
        let site = site(&dir);
        dir.put("www/files.js", "self.SITE = { files: {} };");
        let (head, body) = get(&site, "/files.js");
        assert!(head.contains("text/javascript"), "{head}");
        assert_eq!(body, "self.SITE = null;\n");
    }

    #[test]
    fn the_one_file_from_elsewhere_is_served_and_nothing_beside_it() {
        let dir = TempDir::new();
        let site = site(&dir);
        let (head, body) = get(&site, "/demo-image/a%20b.png");
        assert!(head.contains("image/png"), "{head}");
        assert_eq!(body, "a b.png");
        assert!(get(&site, "/demo-image/secret").0.contains("404"));
    }

    #[test]
    fn nothing_outside_the_site_is_served() {
        let dir = TempDir::new();
        let site = site(&dir);
        for target in [
            "/../secret",
            "/%2e%2e/secret",
            "/js/../../secret",
            "/..%2fsecret",
            "/..%5csecret",
            "//secret",
            "/js//a.js",
            "/.git/config",
            "/js",
            "/js/",
            "/none",
            "/%00",
            "/%",
            "/%zz",
            "/%+1",
            "/%ff",
            "/C:/secret",
            "/./js/a.js",
        ] {
            let (head, body) = get(&site, target);
            assert!(head.starts_with("HTTP/1.1 404"), "{target}: {head}{body}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_link_that_leads_outside_is_not_followed() {
        let dir = TempDir::new();
        let site = site(&dir);
        std::os::unix::fs::symlink("../secret", site.root.join("way-out")).unwrap();
        assert!(get(&site, "/way-out").0.contains("404"));
    }

    #[test]
    fn head_has_no_body_and_other_methods_are_refused() {
        let dir = TempDir::new();
        let site = site(&dir);
        let response = respond("HEAD /js/a.js HTTP/1.1\r\n\r\n", &site);
        assert!(response.head().contains("Content-Length: 11\r\n") && !response.with_body);
        let (head, _) = request(&site, "POST / HTTP/1.1\r\n\r\n");
        assert!(
            head.starts_with("HTTP/1.1 405") && head.contains("Allow: GET, HEAD"),
            "{head}"
        );
        for bad in [
            "",
            "GET /",
            "GET x HTTP/1.1",
            "GET / HTTP/2",
            "GET / a HTTP/1.1",
        ] {
            assert!(request(&site, bad).0.starts_with("HTTP/1.1 400"), "{bad}");
        }
    }

    #[test]
    fn a_request_may_come_in_pieces_but_not_without_end() {
        let pieces = (&b"GET / HT"[..])
            .chain(&b"TP/1.1\r\n\r"[..])
            .chain(&b"\n"[..]);
        let head = read_head(&mut { pieces }).unwrap();
        assert_eq!(head.as_deref(), Some("GET / HTTP/1.1\r\n\r\n"));
        assert_eq!(read_head(&mut &b"GET /"[..]).unwrap(), None);
        let endless = read_head(&mut std::io::repeat(b'x')).unwrap();
        assert_eq!(endless.as_deref(), Some(""));
    }
}
