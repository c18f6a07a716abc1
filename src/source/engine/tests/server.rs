//! An engine's API, as far as a test needs it: every request gets the same answer.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// What a server does once a request has come in.
#[derive(Clone)]
pub(super) enum Answer {
    /// Sends these bytes and closes the connection.
    Bytes(Vec<u8>),
    /// Sends these bytes and then nothing, for longer than any test waits.
    Silence(Vec<u8>),
}

/// The heads of the requests that came in.
pub(super) type Requests = Arc<Mutex<Vec<String>>>;

/// Serves a Unix socket for the rest of the test run.
pub(super) fn unix(path: &Path, answer: Answer) -> Requests {
    let listener = UnixListener::bind(path).unwrap();
    serve(move || listener.accept().unwrap().0, answer)
}

/// Serves a port of the loopback interface for the rest of the test run; its `tcp://` address.
pub(super) fn tcp(answer: Answer) -> (String, Requests) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("tcp://{}", listener.local_addr().unwrap());
    (address, serve(move || listener.accept().unwrap().0, answer))
}

fn serve<S: Read + Write + Send + 'static>(accept: impl Fn() -> S + Send + 'static, answer: Answer) -> Requests {
    let requests = Requests::default();
    let seen = requests.clone();
    thread::spawn(move || {
        loop {
            let (stream, answer, seen) = (accept(), answer.clone(), seen.clone());
            thread::spawn(move || reply(stream, &answer, &seen));
        }
    });
    requests
}

fn reply(mut stream: impl Read + Write, answer: &Answer, seen: &Requests) {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|count| count == 1) {
        head.extend(byte);
    }
    seen.lock().unwrap().push(String::from_utf8(head).unwrap());
    // A client that had enough hangs up.
    match answer {
        Answer::Bytes(bytes) => drop(stream.write_all(bytes)),
        Answer::Silence(bytes) => {
            drop(stream.write_all(bytes));
            thread::sleep(Duration::from_secs(600));
        }
    }
}

/// An answer of this length.
pub(super) fn sized(status: &str, body: &[u8]) -> Vec<u8> {
    let mut bytes = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n\r\n", body.len()).into_bytes();
    bytes.extend(body);
    bytes
}

/// An answer in chunks, as the Docker engine sends exports.
pub(super) fn chunked(body: &[u8]) -> Vec<u8> {
    let mut bytes =
        b"HTTP/1.1 200 OK\r\nContent-Type: application/x-tar\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
    for chunk in body.chunks(1000) {
        bytes.extend(format!("{:x}\r\n", chunk.len()).as_bytes());
        bytes.extend(chunk);
        bytes.extend(b"\r\n");
    }
    bytes.extend(b"0\r\n\r\n");
    bytes
}
