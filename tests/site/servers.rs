//! Servers on loopback for the tests of distribution points, and ways to them on which something happens.

use super::common;
use super::site::{Fixture, media};
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

pub const SECRET: &str = "geheim/Sch1uessel+";

/// A program that serves a port, and ends with the test.
pub struct Server(Child, pub u16);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

pub fn serve(mut command: Command, port: u16) -> Server {
    let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let server = Server(child, port);
    let begun = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(begun.elapsed() < Duration::from_secs(60), "the server does not answer");
        std::thread::sleep(Duration::from_millis(50));
    }
    server
}

/// The S3 server that `scripts/setup` installs; a line says so where it did not.
pub fn moto() -> Option<Server> {
    let named = std::env::var_os("WIMWRIGHT_MOTO").map(PathBuf::from);
    let program = named.unwrap_or_else(|| common::root().join("target/tools/moto/bin/moto_server"));
    if !program.is_file() {
        let _ = writeln!(std::io::stderr(), "skipped: no S3 server (scripts/setup installs moto)");
        return None;
    }
    let port = free_port();
    let mut command = Command::new(program);
    command.args(["-H", "127.0.0.1", "-p", &port.to_string()]);
    Some(serve(command, port))
}

/// One plain request; the answer's status and body.
pub fn request(port: u16, method: &str, path: &str, body: &[u8]) -> (u16, Vec<u8>) {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    // The server wants to know who it is, and takes everybody's word for it.
    let who =
        "AWS4-HMAC-SHA256 Credential=A/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0";
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: {who}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(body).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let split = answer.windows(4).position(|w| w == b"\r\n\r\n").unwrap();
    let status = String::from_utf8_lossy(&answer[9..12]).parse().unwrap();
    (status, answer[split + 4..].to_vec())
}

/// A request as it comes in: its head without what it says of the connection, and its body.
pub fn read_request(client: &TcpStream) -> Option<(String, Vec<u8>)> {
    let mut reader = BufReader::new(client.try_clone().ok()?);
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let lower = line.to_lowercase();
        if let Some(n) = lower.strip_prefix("content-length:") {
            length = n.trim().parse().ok()?;
        }
        if line == "\r\n" {
            break;
        }
        if !lower.starts_with("connection:") {
            head.push_str(&line);
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some((head, body))
}

/// Hands a request on, and the answer back.
pub fn hand_on(mut client: &TcpStream, to: u16, head: &str, body: &[u8]) -> Option<()> {
    let mut server = TcpStream::connect(("127.0.0.1", to)).ok()?;
    server.write_all(format!("{head}Connection: close\r\n\r\n").as_bytes()).ok()?;
    server.write_all(body).ok()?;
    std::io::copy(&mut server, &mut client).ok().map(|_| ())
}

/// A way to the server on which `each` says what becomes of a request, by its head: whether it is handed on.
pub fn way(to: u16, each: impl Fn(&str) -> bool + Send + Sync + 'static) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (port, each) = (listener.local_addr().unwrap().port(), Arc::new(each));
    std::thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let each = each.clone();
            std::thread::spawn(move || {
                let (head, body) = read_request(&client)?;
                if each(&head) { hand_on(&client, to, &head, &body) } else { None }
            });
        }
    });
    port
}

/// A site with a package that has a content of several parts, and the credentials.
pub fn prepared() -> Option<Fixture> {
    let fix = Fixture::new()?;
    let source = media(fix.dir(), "media", &fix.image);
    let large: Vec<u8> =
        (0..36_u32 << 18).flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
    fs::write(source.join("large.bin"), large).unwrap();
    fix.ok(["package", "add", "media", "--name", "P"]);
    let text = format!("[default]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = {SECRET}\n");
    fs::write(fix.dir().join("credentials"), text).unwrap();
    Some(fix)
}

pub fn problems(fix: &Fixture, code: i32) -> Vec<(String, String)> {
    let found = fix.run(["validate", "P"]).expect(code);
    let text = |v: &serde_json::Value| v.as_str().unwrap().to_owned();
    let list = found["validations"][0]["problems"].as_array().unwrap().clone();
    list.iter().map(|p| (text(&p["path"]), text(&p["kind"]))).collect()
}
