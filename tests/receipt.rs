//! The receipt is what its schema and its document say: every field, in every way that a session ends.

mod common;
#[path = "../examples/sample_update.rs"]
#[allow(dead_code, reason = "its main is the example's")]
mod sample_update;
#[path = "receipt/schema.rs"]
mod schema;

use common::{root, sample_image, temp};
use schema::Schema;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use wimwright::ErrorKind;
use wimwright::base::Progress;
use wimwright::service::{SCHEMA, Session, SessionOptions};

fn the_schema() -> Schema {
    let text = fs::read_to_string(root().join("docs/schema/receipt.v1.json")).unwrap();
    Schema::new(serde_json::from_str(&text).unwrap())
}

/// Commits and gives the receipt, checked against the schema.
fn commit(session: &mut Session, expected: Result<(), ErrorKind>) -> Value {
    let outcome = session.commit(&Progress::none()).map(|_| ()).map_err(|e| e.kind());
    assert_eq!(outcome, expected);
    let receipt: Value = serde_json::from_str(&session.receipt().unwrap().to_json()).unwrap();
    let wrong = the_schema().violations(&receipt);
    assert!(wrong.is_empty(), "{wrong:#?}\n{receipt:#}");
    receipt
}

fn samples(dir: &Path) -> Option<(PathBuf, PathBuf)> {
    let image = sample_image(dir, 40)?;
    let update = dir.join("windows10.0-kb9999999-x64.msu");
    sample_update::write_sample(&update, None).unwrap();
    Some((image, update))
}

#[test]
fn a_written_image_has_a_receipt_by_the_schema() {
    let dir = temp();
    let Some((image, update)) = samples(dir.path()) else { return };
    let before = fs::read(&image).unwrap();
    let mut session = Session::open(&image, SessionOptions::default()).unwrap();
    session.add_update(&update, &Progress::none()).unwrap();
    let receipt = commit(&mut session, Ok(()));
    let after = fs::read(&image).unwrap();
    let digest =
        |data: &[u8]| json!({ "size": data.len(), "sha256": wimwright::base::sha256(data).to_string() });
    assert_eq!(receipt["image"]["before"], digest(&before));
    assert_eq!(receipt["image"]["after"], digest(&after));
    let appended = receipt["commit"]["appended_bytes"].as_u64().unwrap();
    assert_eq!(appended, (after.len() - before.len()) as u64);
    let update = digest(&fs::read(&update).unwrap());
    assert_eq!(receipt["updates"][0]["sha256"], update["sha256"]);
    assert_eq!(receipt["updates"][0]["size"], update["size"]);
    assert_eq!(receipt["updates"][0]["kb"], "KB9999999");
    for index in receipt["indexes"].as_array().unwrap() {
        assert!(index["files"].as_array().unwrap().len() >= 24, "{index}");
    }
    // A second time everything is there already, or the package is refused as installed; the shape stays.
    let mut again = Session::open(&image, SessionOptions::default()).unwrap();
    again.add_update(dir.path().join("windows10.0-kb9999999-x64.msu"), &Progress::none()).unwrap();
    let _ = again.commit(&Progress::none());
    let receipt: Value = serde_json::from_str(&again.receipt().unwrap().to_json()).unwrap();
    assert!(the_schema().violations(&receipt).is_empty(), "{receipt:#}");
}

#[test]
fn what_was_not_written_has_a_receipt_by_the_schema_too() {
    let dir = temp();
    let Some((image, update)) = samples(dir.path()) else { return };
    let before = fs::read(&image).unwrap();
    let mut rehearsal = SessionOptions { dry_run: true, ..SessionOptions::default() };
    let mut session = Session::open(&image, rehearsal.clone()).unwrap();
    session.add_update(&update, &Progress::none()).unwrap();
    let receipt = commit(&mut session, Ok(()));
    assert_eq!((&receipt["written"], &receipt["commit"]), (&json!(false), &Value::Null));

    // A damaged update that is left out: a failure with its reason, and nothing to do.
    let damaged = dir.path().join("damaged.msu");
    let mut bytes = fs::read(&update).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 64].fill(0xA5);
    fs::write(&damaged, bytes).unwrap();
    rehearsal = SessionOptions { continue_on_error: true, ..SessionOptions::default() };
    let mut session = Session::open(&image, rehearsal).unwrap();
    session.add_update(&damaged, &Progress::none()).unwrap();
    assert!(session.commit(&Progress::none()).is_err());
    let receipt: Value = serde_json::from_str(&session.receipt().unwrap().to_json()).unwrap();
    assert!(the_schema().violations(&receipt).is_empty(), "{receipt:#}");
    assert_eq!(receipt["updates"][0]["failed"].as_array().unwrap().len(), 1, "{receipt:#}");
    assert_eq!(receipt["indexes"][0]["actions"][0]["status"], "failed");
    assert_eq!(receipt["image"]["after"], Value::Null);
    assert_eq!(fs::read(&image).unwrap(), before);
}

/// `docs/receipt.md` names every field of the schema, and the schema has its version.
#[test]
fn the_document_names_every_field() {
    let document = fs::read_to_string(root().join("docs/receipt.md")).unwrap();
    let quoted: BTreeSet<&str> =
        document.split('`').skip(1).step_by(2).flat_map(|q| q.split(['.', '[', ']'])).collect();
    for field in the_schema().fields() {
        assert!(quoted.contains(field.as_str()), "docs/receipt.md does not name `{field}`");
    }
    assert!(document.contains(SCHEMA));
    assert_eq!(the_schema().title(), SCHEMA);
}

#[test]
fn violations_are_caught() {
    let schema = Schema::new(json!({
        "type": "object", "required": ["a", "b"], "$defs": {"hex": {"type": "string", "pattern": "^[0-9a-f]{4}$"}},
        "properties": {
            "a": {"type": "array", "items": {"$ref": "#/$defs/hex"}},
            "b": {"anyOf": [{"type": "integer", "minimum": 1}, {"type": "null"}]},
            "c": {"enum": ["x", "y"]},
            "d": {"const": "z"},
            "e": {"type": "string", "pattern": "^[0-9]+T[0-9:.]+Z$"},
        },
    }));
    for (good, value) in [
        (true, json!({"a": ["00ff"], "b": null, "c": "x", "d": "z", "e": "20T1:2.3Z"})),
        (true, json!({"a": [], "b": 1})),
        (false, json!({"a": []})),
        (false, json!({"a": ["00fg"], "b": 1})),
        (false, json!({"a": ["00fff"], "b": 1})),
        (false, json!({"a": ["00f"], "b": 1})),
        (false, json!({"a": {}, "b": 1})),
        (false, json!({"a": [], "b": 0})),
        (false, json!({"a": [], "b": 1.5})),
        (false, json!({"a": [], "b": 1, "c": "z"})),
        (false, json!({"a": [], "b": 1, "d": "x"})),
        (false, json!({"a": [], "b": 1, "e": "20T1:2.3"})),
        (false, json!({"a": [], "b": 1, "e": "T1Z"})),
        (false, json!({"a": [], "b": 1, "unknown": 1})),
        (false, json!([])),
    ] {
        assert_eq!(schema.violations(&value).is_empty(), good, "{value}");
    }
}
