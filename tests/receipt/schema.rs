//! As much of JSON Schema as the project's own schemas use; a keyword that is not understood is a failure.
//!
//! Stricter than the standard in one point: a field that the schema does not describe is a violation.

use serde_json::Value;
use std::collections::BTreeSet;

/// Keywords that say nothing about a value.
const NOTES: &[&str] = &["$schema", "$defs", "title", "description"];

/// A schema.
pub struct Schema(Value);

impl Schema {
    pub fn new(schema: Value) -> Self {
        Self(schema)
    }

    pub fn title(&self) -> &str {
        self.0["title"].as_str().unwrap()
    }

    /// The names of all fields that it describes.
    pub fn fields(&self) -> BTreeSet<String> {
        fn walk(node: &Value, found: &mut BTreeSet<String>) {
            for (key, value) in node.as_object().into_iter().flatten() {
                if key == "properties" {
                    found.extend(value.as_object().unwrap().keys().cloned());
                }
                walk(value, found);
            }
            node.as_array().into_iter().flatten().for_each(|v| walk(v, found));
        }
        let mut found = BTreeSet::new();
        walk(&self.0, &mut found);
        found
    }

    /// What is wrong with `value`, place by place.
    pub fn violations(&self, value: &Value) -> Vec<String> {
        let mut wrong = Vec::new();
        self.check(&self.0, value, "", &mut wrong);
        wrong
    }

    fn check(&self, schema: &Value, value: &Value, at: &str, wrong: &mut Vec<String>) {
        for (keyword, rule) in schema.as_object().expect("a schema is an object") {
            let holds = match keyword.as_str() {
                "$ref" => {
                    let name =
                        rule.as_str().unwrap().strip_prefix("#").expect("a reference within the schema");
                    self.check(self.0.pointer(name).expect("what it refers to"), value, at, wrong);
                    true
                }
                "type" => match rule {
                    Value::Array(types) => types.iter().any(|t| is(value, t)),
                    one => is(value, one),
                },
                "const" => value == rule,
                "enum" => rule.as_array().unwrap().contains(value),
                "minimum" => value.as_f64().is_none_or(|v| v >= rule.as_f64().unwrap()),
                "pattern" => value.as_str().is_none_or(|v| matches(rule.as_str().unwrap(), v)),
                "required" => value.as_object().is_none_or(|o| {
                    rule.as_array().unwrap().iter().all(|name| o.contains_key(name.as_str().unwrap()))
                }),
                "properties" => {
                    for (name, inner) in value.as_object().into_iter().flatten() {
                        let at = format!("{at}/{name}");
                        match rule.get(name) {
                            Some(rule) => self.check(rule, inner, &at, wrong),
                            None => wrong.push(format!("{at} is not in the schema")),
                        }
                    }
                    true
                }
                "additionalProperties" => {
                    for (name, inner) in value.as_object().into_iter().flatten() {
                        self.check(rule, inner, &format!("{at}/{name}"), wrong);
                    }
                    true
                }
                "items" => {
                    for (i, inner) in value.as_array().into_iter().flatten().enumerate() {
                        self.check(rule, inner, &format!("{at}/{i}"), wrong);
                    }
                    true
                }
                "anyOf" => rule.as_array().unwrap().iter().any(|one| {
                    let mut wrong = Vec::new();
                    self.check(one, value, at, &mut wrong);
                    wrong.is_empty()
                }),
                other => {
                    assert!(NOTES.contains(&other), "the keyword `{other}` is not understood");
                    true
                }
            };
            if !holds {
                wrong.push(format!("{at}: {value} against {keyword} {rule}"));
            }
        }
    }
}

fn is(value: &Value, name: &Value) -> bool {
    match name.as_str().unwrap() {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_u64() || value.is_i64(),
        "null" => value.is_null(),
        other => panic!("the type `{other}` is not understood"),
    }
}

/// Characters and classes, each alone, with `{n}` or with `+`, from `^` to `$`; none may need a step back.
fn matches(pattern: &str, text: &str) -> bool {
    let mut pattern = pattern.strip_prefix('^').unwrap().strip_suffix('$').unwrap().chars().peekable();
    let mut text = text.chars().peekable();
    while let Some(first) = pattern.next() {
        let mut class = vec![first];
        if first == '[' {
            class = pattern.by_ref().take_while(|c| *c != ']').collect();
        }
        let has = |c: &char| {
            class.contains(c)
                || class.windows(3).any(|w| first == '[' && w[1] == '-' && (w[0]..=w[2]).contains(c))
        };
        let (mut least, mut most) = (1, 1);
        if pattern.next_if_eq(&'+').is_some() {
            most = usize::MAX;
        } else if pattern.next_if_eq(&'{').is_some() {
            least = pattern.by_ref().take_while(|c| *c != '}').collect::<String>().parse().unwrap();
            most = least;
        }
        let mut count = 0;
        while count < most && text.next_if(has).is_some() {
            count += 1;
        }
        if count < least {
            return false;
        }
    }
    text.next().is_none()
}
