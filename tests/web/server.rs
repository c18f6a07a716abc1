//! Sockets and threads.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::{Handler, Request, Response, Tls};

/// Nothing that is sent here is longer.
const MAX_HEAD: u64 = 64 << 10;
/// A test that takes longer than this has hung.
const PATIENCE: Duration = Duration::from_secs(60);

/// A request and what became of it.
#[derive(Debug, Clone)]
pub(crate) struct Exchange {
    pub(crate) request: Request,
    pub(crate) status: u16,
    /// Bytes of the body that were sent, or were about to be when the connection broke.
    pub(crate) sent: u64,
}

/// A server on a port of its own, for as long as this lives.
pub(crate) struct Server {
    address: SocketAddr,
    scheme: &'static str,
    log: Arc<Mutex<Vec<Exchange>>>,
    stop: Arc<AtomicBool>,
}

impl Server {
    /// Serves http.
    pub(crate) fn start(handler: impl Handler + 'static) -> Self {
        Server::on(TcpListener::bind("127.0.0.1:0").unwrap(), handler, None)
    }

    /// Serves https.
    pub(crate) fn start_tls(handler: impl Handler + 'static, tls: Tls) -> Self {
        Server::on(TcpListener::bind("127.0.0.1:0").unwrap(), handler, Some(tls))
    }

    /// Serves on a socket: the port is known before the handler is made.
    pub(crate) fn on(listener: TcpListener, handler: impl Handler + 'static, tls: Option<Tls>) -> Self {
        let server = Server {
            address: listener.local_addr().unwrap(),
            scheme: if tls.is_some() { "https" } else { "http" },
            log: Arc::default(),
            stop: Arc::default(),
        };
        let (log, stop, handler) = (server.log.clone(), server.stop.clone(), Arc::new(handler));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if stop.load(Ordering::Relaxed) {
                    return;
                }
                let (Ok(stream), log, handler, tls) = (stream, log.clone(), handler.clone(), tls.clone()) else {
                    continue;
                };
                // Whoever hangs up in the middle has had enough: the log says how far it came.
                std::thread::spawn(move || match tls {
                    None => connection(stream.try_clone()?, stream, &*handler, &log),
                    Some(tls) => connection(tls.accept(stream.try_clone()?)?, stream, &*handler, &log),
                });
            }
        });
        server
    }

    /// `127.0.0.1:PORT`.
    pub(crate) fn host(&self) -> String {
        self.address.to_string()
    }

    /// The same server under another name: `localhost:PORT`.
    pub(crate) fn other_host(&self) -> String {
        format!("localhost:{}", self.address.port())
    }

    /// `http://127.0.0.1:PORT`.
    pub(crate) fn url(&self) -> String {
        format!("{}://{}", self.scheme, self.address)
    }

    /// `http://localhost:PORT`.
    pub(crate) fn other_url(&self) -> String {
        format!("{}://{}", self.scheme, self.other_host())
    }

    /// Everything that was asked until now, in the order in which it came in.
    pub(crate) fn log(&self) -> Vec<Exchange> {
        self.log.lock().unwrap().clone()
    }

    /// Forgets what was asked until now, and returns it.
    pub(crate) fn take_log(&self) -> Vec<Exchange> {
        // Not emptied: answers that are under way still write to their place.
        let mut log = self.log.lock().unwrap();
        let taken = log.iter().filter(|exchange| exchange.status != TAKEN).cloned().collect();
        log.iter_mut().for_each(|exchange| exchange.status = TAKEN);
        taken
    }
}

/// Marks what [`Server::take_log`] has returned.
const TAKEN: u16 = u16::MAX;

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        // Wakes the thread that waits for connections; where that fails, it has ended already.
        let _ = TcpStream::connect(self.address);
    }
}

fn connection(
    stream: impl Read + Write,
    socket: TcpStream,
    handler: &dyn Handler,
    log: &Mutex<Vec<Exchange>>,
) -> io::Result<()> {
    socket.set_read_timeout(Some(PATIENCE))?;
    socket.set_write_timeout(Some(PATIENCE))?;
    socket.set_nodelay(true)?;
    let mut stream = BufReader::new(stream);
    // A greeting of TLS, which servers written in Go answer like this.
    if stream.fill_buf()?.first().is_some_and(|byte| !byte.is_ascii_uppercase()) {
        stream.get_mut().write_all(b"HTTP/1.0 400 Bad Request\r\n\r\n")?;
        return socket.shutdown(Shutdown::Write);
    }
    while let Some(request) = read(&mut stream)? {
        let head_only = request.method == "HEAD";
        let place = {
            let mut log = log.lock().unwrap();
            log.push(Exchange { request: request.clone(), status: 0, sent: 0 });
            log.len() - 1
        };
        let response = handler.answer(&request);
        if response.silent {
            break;
        }
        log.lock().unwrap()[place].status = response.status;
        if let Some(other) = response.tunnel {
            stream.get_mut().write_all(b"HTTP/1.1 200 Connected\r\n\r\n")?;
            return tunnel(socket, other);
        }
        let count = |bytes: usize| log.lock().unwrap()[place].sent += bytes as u64;
        if !write(stream.get_mut(), response, head_only, &count)? {
            break;
        }
    }
    // Everything that was sent arrives: a reset would take back what waits on the other side.
    stream.get_mut().flush()?;
    socket.shutdown(Shutdown::Write)?;
    io::copy(&mut stream, &mut io::sink())?;
    Ok(())
}

/// Hands on everything in both directions until both are done.
fn tunnel(one: TcpStream, other: TcpStream) -> io::Result<()> {
    let hand_on = |mut from: TcpStream, mut to: TcpStream| {
        // What breaks on one side ends on the other.
        let _ = io::copy(&mut from, &mut to);
        to.shutdown(Shutdown::Write)
    };
    let (back_from, back_to) = (other.try_clone()?, one.try_clone()?);
    let back = std::thread::spawn(move || hand_on(back_from, back_to));
    hand_on(one, other)?;
    back.join().unwrap()
}

/// The next request; `None` where the other side is done.
fn read(stream: &mut impl BufRead) -> io::Result<Option<Request>> {
    let mut head = stream.by_ref().take(MAX_HEAD);
    let mut line = String::new();
    if head.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let mut words = line.split_whitespace().map(str::to_owned);
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let mut request = Request { method, target, headers: Vec::new(), body: Vec::new() };
    loop {
        let mut line = String::new();
        head.read_line(&mut line)?;
        match line.trim_end().split_once(':') {
            Some((name, value)) => request.headers.push((name.to_owned(), value.trim().to_owned())),
            None => break,
        }
    }
    let length = request.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    stream.take(length).read_to_end(&mut request.body)?;
    Ok(Some(request))
}

/// Sends a response; whether the connection can be used again.
fn write(stream: &mut impl Write, mut response: Response, head_only: bool, count: &dyn Fn(usize)) -> io::Result<bool> {
    let mut head = format!("HTTP/1.1 {} Reason\r\n", response.status);
    for (name, value) in &response.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    match response.length {
        Some(length) => head.push_str(&format!("Content-Length: {length}\r\n\r\n")),
        None => head.push_str("Transfer-Encoding: chunked\r\n\r\n"),
    }
    stream.write_all(head.as_bytes())?;
    if head_only {
        return stream.flush().map(|()| true);
    }
    let mut piece = vec![0; response.pace.map_or(64 << 10, |(bytes, _)| bytes)];
    let mut sent = 0;
    loop {
        let read = response.body.read(&mut piece)?;
        if read == 0 {
            break;
        }
        // Counted before it is sent: whoever has received it may look at the log at once.
        count(read);
        sent += read as u64;
        if response.length.is_none() {
            stream.write_all(format!("{read:x}\r\n").as_bytes())?;
        }
        stream.write_all(&piece[..read])?;
        if response.length.is_none() {
            stream.write_all(b"\r\n")?;
        }
        if let Some((_, pause)) = response.pace {
            stream.flush()?;
            std::thread::sleep(pause);
        }
    }
    if response.length.is_none() {
        stream.write_all(b"0\r\n\r\n")?;
    }
    stream.flush()?;
    Ok(response.length.is_none_or(|length| length == sent))
}
