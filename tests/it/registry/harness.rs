use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;

use super::auth::{Auth, TOKEN, Tokens, basic};
use super::*;

/// An answer as it came over the wire.
struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// Asks on a connection of its own, and reads until the length that was promised or until that ends.
fn ask(server: &Server, target: &str, headers: &[(&str, &str)]) -> Answer {
    let mut stream = TcpStream::connect(server.host()).unwrap();
    write!(stream, "GET {target} HTTP/1.1\r\nHost: {}\r\n", server.host()).unwrap();
    for (name, value) in headers {
        write!(stream, "{name}: {value}\r\n").unwrap();
    }
    stream.write_all(b"\r\n").unwrap();
    let mut stream = BufReader::new(stream);
    let mut line = || {
        let mut line = String::new();
        stream.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    };
    let status = line().split(' ').nth(1).unwrap().parse().unwrap();
    let mut headers = Vec::new();
    while let Some((name, value)) = line().split_once(": ") {
        headers.push((name.to_owned(), value.to_owned()));
    }
    let mut answer = Answer { status, headers, body: Vec::new() };
    let length = answer.header("Content-Length").unwrap().parse().unwrap();
    stream.take(length).read_to_end(&mut answer.body).unwrap();
    answer
}

#[test]
fn a_range_is_the_rest_of_a_blob() {
    let stage = Stage::large(4096);
    let (digest, size) = layers(&stage.layouts.original).remove(0);
    let target = format!("/v2/{NAME}/blobs/{digest}");
    let whole = ask(&stage.server, &target, &[]);
    assert_eq!((whole.status, whole.body.len() as u64), (200, size));
    let rest = ask(&stage.server, &target, &[("Range", "bytes=1000-")]);
    assert_eq!((rest.status, &rest.body[..]), (206, &whole.body[1000..]));
    assert_eq!(rest.header("Content-Range"), Some(&*format!("bytes 1000-{}/{size}", size - 1)));
    assert_eq!(ask(&stage.server, &target, &[("Range", &format!("bytes={size}-"))]).status, 416);
    let sent: Vec<u64> = of_blob(&stage.server.take_log(), &digest).iter().map(|exchange| exchange.sent).collect();
    assert_eq!(sent, [size, size - 1000, 0]);
}

#[test]
fn faults_happen_when_and_where_they_should() {
    let stage = Stage::large(4096);
    let (digest, size) = layers(&stage.layouts.original).remove(0);
    let target = format!("/v2/{NAME}/blobs/{digest}");
    let whole = ask(&stage.server, &target, &[]).body;
    stage.faults.add(Rule::once(&digest, Fault::Cut(100)).after(1));
    stage.faults.add(Rule::once(&digest, Fault::Truncate(100)).after(1));
    stage.faults.add(Rule::once(&digest, Fault::Flip(100)));
    stage.faults.add(Rule::once(&digest, Fault::Redirect("http://other:1".into())));
    let answers: Vec<Answer> = (0..5).map(|_| ask(&stage.server, &target, &[])).collect();
    let mut flipped = whole.clone();
    flipped[100] ^= 0x55;
    // What a rule lets through goes on to the next one.
    let seen: Vec<&[u8]> = answers.iter().map(|answer| &answer.body[..]).collect();
    assert_eq!(seen, [&flipped[..], &whole[..100], &whole[..100], b"", &whole[..]]);
    let lengths: Vec<&str> = answers.iter().map(|answer| answer.header("Content-Length").unwrap()).collect();
    let size = size.to_string();
    assert_eq!(lengths, [&*size, &*size, "100", "0", &*size]);
    assert_eq!(answers[3].header("Location"), Some(&*format!("http://other:1{target}")));
}

#[test]
fn tokens_are_good_for_what_they_were_given_out_for() {
    let auth = Auth::Bearer(Tokens { uses: 2, ..Tokens::default() });
    let stage = Stage::first(Abilities { auth, ..Abilities::default() });
    let target = format!("/v2/{NAME}/manifests/original");
    let refused = ask(&stage.server, &target, &[]);
    assert_eq!(refused.status, 401);
    assert!(refused.header("WWW-Authenticate").unwrap().contains("scope=\"repository:team/app:pull\""));
    let token = |scope: &str, login: &str| {
        let target = format!("/token?service=the%20test&scope={scope}");
        ask(&stage.server, &target, &[("Authorization", &format!("Basic {login}"))])
    };
    assert_eq!(token("repository:team/app:pull", "d3Jvbmc6d3Jvbmc=").status, 401);
    let with = |answer: &Answer| format!("Bearer {}", answer.json()["token"].as_str().unwrap());
    let other = with(&token("repository:team/other:pull", &basic()));
    assert!(other.contains(TOKEN));
    assert_eq!(ask(&stage.server, &target, &[("Authorization", &other)]).status, 401);
    let right = with(&token("repository:team/app:pull", &basic()));
    let statuses = [(); 3].map(|()| ask(&stage.server, &target, &[("Authorization", &right)]).status);
    assert_eq!(statuses, [200, 200, 401]);
}

#[test]
fn referrers_come_in_pages() {
    let stage = Stage::first(Abilities { referrers_page: Some(2), ..Abilities::default() });
    let subject = format!("sha256:{}", "a".repeat(64));
    for number in 0..3 {
        let manifest = json!({ "mediaType": "application/vnd.oci.image.manifest.v1+json", "number": number,
            "subject": { "digest": subject } });
        stage.fake.push_manifest(NAME, &manifest);
    }
    let target = format!("/v2/{NAME}/referrers/{subject}");
    let first = ask(&stage.server, &target, &[]);
    assert_eq!(first.json()["manifests"].as_array().unwrap().len(), 2);
    assert_eq!(first.header("Link"), Some(&*format!("<{target}?first=2>; rel=\"next\"")));
    let last = ask(&stage.server, &format!("{target}?first=2"), &[]);
    assert_eq!((last.json()["manifests"].as_array().unwrap().len(), last.header("Link")), (1, None));
}
