//! What stands in front of a registry: hands every request on, and records it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;

use crate::web::{Handler, Request, Response};

/// Hands requests on to a registry that speaks http.
pub(crate) struct Forward(pub(crate) String);

impl Handler for Forward {
    fn answer(&self, request: &Request) -> Response {
        let mut stream = TcpStream::connect(&self.0).unwrap();
        let mut head = format!("{} {} HTTP/1.1\r\nConnection: close\r\n", request.method, request.target);
        for (name, value) in &request.headers {
            if !name.eq_ignore_ascii_case("connection") {
                head.push_str(&format!("{name}: {value}\r\n"));
            }
        }
        stream.write_all(format!("{head}\r\n").as_bytes()).unwrap();
        stream.write_all(&request.body).unwrap();
        let mut stream = BufReader::new(stream);
        let mut line = || {
            let mut line = String::new();
            stream.read_line(&mut line).unwrap();
            line.trim_end().to_owned()
        };
        let mut response = Response::new(line().split(' ').nth(1).unwrap().parse().unwrap(), "");
        let mut chunked = false;
        while let Some((name, value)) = line().split_once(": ") {
            match name.to_ascii_lowercase().as_str() {
                "content-length" => response.length = Some(value.parse().unwrap()),
                "transfer-encoding" => chunked = true,
                "connection" => {}
                _ => response = response.with(name, value),
            }
        }
        assert!(!chunked, "the registry of the tests tells the length of everything: {}", request.target);
        let length = response.length.unwrap_or(0);
        response.body =
            if request.method == "HEAD" { Box::new(std::io::empty()) } else { Box::new(stream.take(length)) };
        response
    }
}
