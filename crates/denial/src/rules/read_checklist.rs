//! `[[checklist]]` of `playbook.toml` and `payers/*.toml`: the corrective steps of a category.

use std::collections::BTreeMap;

use super::entry::Entry;
use crate::category::Category;
use crate::checklist::{Step, Steps};

/// Every checklist of a page, by category.
pub(super) fn checklists(page: &Entry<'_>) -> BTreeMap<Category, Steps> {
    let mut all = BTreeMap::new();
    for entry in page.entries("checklist") {
        let category = entry.required("category", entry.named::<Category>("category"));
        let steps: Steps = Step::ALL.iter().filter_map(|step| text(&entry, *step)).collect();
        entry.finish();
        let Some(category) = category else { continue };
        if steps.is_empty() {
            let message = format!("checklist {} has no step", category.as_str());
            entry.fault(message, "say at least one step, or leave the checklist out");
        }
        if all.insert(category, steps).is_some() {
            let message = format!("checklist {} stands twice", category.as_str());
            entry.fault(message, "keep one of them");
        }
    }
    all
}

fn text(entry: &Entry<'_>, step: Step) -> Option<(Step, smol_str::SmolStr)> {
    entry.text(step.as_str()).map(|text| (step, text.into()))
}
