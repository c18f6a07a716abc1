//! Index, manifest, config and provenance, in memory and behind one another.
#![no_main]

use libfuzzer_sys::fuzz_target;
use reprove::image::config::Config;
use reprove::image::index::{Index, IndexTree};
use reprove::image::json::{Document, DocumentError};
use reprove::image::manifest::{Manifest, recognise};
use reprove::image::provenance::{ImagePurl, Provenance, material_key};

fuzz_target!(|data: &[u8]| {
    let limits = reprove_fuzz::limits();
    let Ok(document) = Document::parse(data.into(), &limits) else { return };
    let _ = recognise("", &document);
    if let Ok(manifest) = Manifest::read(document.clone(), &limits) {
        assert!(manifest.layers.len() <= limits.layers);
    }
    if let Ok(config) = Config::read(document.clone(), &limits) {
        for layer in 0..u32::try_from(config.diff_ids.len()).unwrap() + 1 {
            let _ = config.command_of_layer(layer);
            if let Some(entry) = config.history_of_layer(layer) {
                assert_eq!(config.layer_of_history(entry), Some(layer));
            }
        }
        let _ = config.commands();
    }
    if let Ok(index) = Index::read(document.clone(), &limits) {
        // Every index holds itself: only the caps end it.
        let mut read = |_: &_| -> Result<_, DocumentError> { Ok(data.into()) };
        if let Ok(tree) = IndexTree::read(index, &limits, &mut read) {
            for entry in tree.members() {
                let _ =
                    (entry.is_attestation(), entry.attested(), entry.platform.as_ref().map(|platform| platform.key()));
            }
        }
    }
    if let Some(provenance) = Provenance::read(&document) {
        let _ = (provenance.frontend_image(), provenance.has_epoch());
        for material in &provenance.materials {
            let _ = (ImagePurl::parse(&material.uri), material_key(&material.uri), material.sha256());
        }
    }
});
