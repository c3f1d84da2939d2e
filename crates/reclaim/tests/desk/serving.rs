//! The program while it serves, and somebody with a browser before it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStdout, Stdio};

use crate::place::Desk;

/// The program, serving.
pub struct Server {
    child: Child,
    output: BufReader<ChildStdout>,
    pub address: String,
}

impl Server {
    pub fn start(desk: &Desk) -> Server {
        let mut serve = desk.command(&["serve", "--listen", "127.0.0.1:0"]);
        let mut child = serve.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("starts");
        let mut output = BufReader::new(child.stdout.take().expect("an output"));
        let mut greeting = String::new();
        output.read_line(&mut greeting).expect("a greeting");
        let address = greeting.split("http://").nth(1).expect("an address");
        let address = address.trim().trim_end_matches('/').to_owned();
        Server { child, output, address }
    }

    /// Tells it to stop, and waits until it did.
    pub fn stop(mut self) {
        let id = self.child.id().to_string();
        let told = std::process::Command::new("kill").args(["-TERM", &id]).status();
        assert!(told.expect("kill").success());
        let mut rest = String::new();
        self.output.read_to_string(&mut rest).expect("its last words");
        assert!(self.child.wait().expect("it ends").success(), "{rest}");
    }

    /// Ends it in the middle of whatever it does.
    pub fn kill(mut self) {
        self.child.kill().expect("it can be killed");
        self.child.wait().expect("it ends");
    }
}

/// What a form's hidden field holds.
pub fn field<'page>(page: &'page str, name: &str) -> Option<&'page str> {
    let mark = format!("name=\"{name}\" value=\"");
    page.split(&mark).nth(1).and_then(|rest| rest.split('"').next())
}

/// A part of a form with files: name, the file's name where it is one, text.
pub type Part<'a> = (&'a str, Option<&'a str>, &'a str);

/// A browser in which somebody is signed in.
#[derive(Clone, Default)]
pub struct Browser {
    cookie: String,
}

impl Browser {
    /// Signs in with the password that an administrator set, and chooses an own one.
    pub fn sign_in(address: &str, login: &str, set: &str) -> Browser {
        let mut one = Browser::default();
        let form = format!("login={login}&password={set}&next=");
        let (status, answer) = one.ask(address, "POST", "/sign-in", &form).expect("an answer");
        assert_eq!(status, 303, "signing in: {answer}");
        one.keep_cookie(&answer);
        // What somebody else set opens nothing but its change.
        let (_, page) = one.ask(address, "GET", "/account", "").expect("an answer");
        let csrf = field(&page, "csrf").expect("a form's token");
        let own = format!("{set}-{login}");
        let form = format!("csrf={csrf}&what=password&old={set}&new={own}&again={own}");
        let (status, answer) = one.ask(address, "POST", "/account", &form).expect("an answer");
        assert_eq!(status, 303, "a password of their own: {answer}");
        one.keep_cookie(&answer);
        one
    }

    fn keep_cookie(&mut self, answer: &str) {
        let Some(cookie) = answer.split("reclaim_session=").nth(1) else { return };
        self.cookie = cookie.split(';').next().expect("a cookie").to_owned();
    }

    /// One request on a connection of its own: status, head and body; none where the program ended
    /// meanwhile.
    pub fn ask(&self, to: &str, method: &str, path: &str, form: &str) -> Option<(u16, String)> {
        let kind = "application/x-www-form-urlencoded";
        self.send(to, (method, path), (kind, &form.replace(' ', "+")))
    }

    /// A form with files.
    pub fn upload(&self, to: &str, path: &str, parts: &[Part<'_>]) -> Option<(u16, String)> {
        let mut body = String::new();
        for (name, file, text) in parts {
            let file = file.map(|file| format!("; filename=\"{file}\"")).unwrap_or_default();
            body.push_str(&format!(
                "--edge\r\ncontent-disposition: form-data; name=\"{name}\"{file}\r\n\r\n{text}\r\n"
            ));
        }
        body.push_str("--edge--\r\n");
        self.send(to, ("POST", path), ("multipart/form-data; boundary=edge", &body))
    }

    fn send(
        &self,
        to: &str,
        (method, path): (&str, &str),
        (kind, body): (&str, &str),
    ) -> Option<(u16, String)> {
        let mut stream = TcpStream::connect(to).ok()?;
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: {to}\r\nconnection: close\r\n\
             cookie: reclaim_session={}\r\ncontent-type: {kind}\r\n\
             content-length: {}\r\n\r\n{body}",
            self.cookie,
            body.len()
        );
        stream.write_all(request.as_bytes()).ok()?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).ok()?;
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let status = answer.get(9..12).and_then(|three| three.parse().ok())?;
        Some((status, answer))
    }
}
