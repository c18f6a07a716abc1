//! The table: which program takes what in place of what, and by which test.

use super::keys::{
    bootsnap, components, ends, guile, guile_script, holds, is_of_babel, is_of_zsh, is_template, lisp, native, neovim,
    opcache, racket, shared_classes, smarty, tails, xonsh,
};
use super::others::{above, is_plugin, page, working_copy};
use super::packages::packages;
use super::templates::{MAKO, blade, is_of_drupal, is_of_icons, mako, openj9, twig, updated, usr};
use super::{MILLISECOND, Rule, SECOND, Takes};
use crate::image::path::{file_name, parent};

/// Endings of what Babel compiles, and of what Template Toolkit has compiled by its manual.
const BABEL: &[&str] = &[".js", ".jsx", ".mjs", ".cjs", ".es", ".es6", ".ts", ".tsx"];
const TEMPLATES: &[&str] = &[".ttc", ".ttc2"];
/// And of what a container of Symfony is made from.
const SYMFONY: &[&str] = &[".php", ".yaml", ".yml", ".xml", ".xlf", ".xliff"];

/// Those of zsh 5.9 and Guile 3.0.8 were seen, with other code in the cache than in the source, and times a second or a tenth
/// of one apart. The others name where the program decides, and were not tried: a rule that is wrong refuses what is harmless,
/// or lets pass what it is about.
pub(super) const RULES: &[Rule] = &[
    // `source` and functions that are loaded on demand (Src/parse.c); also of a whole directory. Without a source the
    // compiled file is taken whatever its time.
    Rule {
        program: "zsh",
        takes: Takes::NotOlder(SECOND),
        source: |path| [path, parent(path)].into_iter().filter(|key| !key.is_empty()).map(<[u8]>::to_vec).collect(),
        cache: |path| path.strip_suffix(b".zwc").map(<[u8]>::to_vec),
        named: Some(is_of_zsh),
    },
    // `compiled_is_fresh` (libguile/load.c).
    Rule {
        program: "Guile",
        takes: Takes::NotOlder(1),
        source: |path| ends(path, &[".scm", ".sls", ".sld", ".ss"]).into_iter().flat_map(tails).collect(),
        cache: guile,
        named: None,
    },
    // The same of a script without an ending, of which nobody knows by its name whose it is.
    Rule {
        program: "Guile",
        takes: Takes::NotOlder(1),
        source: |path| if file_name(path).contains(&b'.') { Vec::new() } else { vec![path.to_vec()] },
        cache: guile_script,
        named: Some(|_| false),
    },
    // `openp` with `load-prefer-newer` (src/lread.c).
    Rule {
        program: "Emacs",
        takes: Takes::NotOlder(1),
        source: |path| ends(path, &[".el", ".el.gz"]),
        cache: |path| path.strip_suffix(b".elc").map(<[u8]>::to_vec),
        named: None,
    },
    // `maybe_swap_for_eln` (src/lread.c): native code of a compiled file, by its name and two hashes.
    Rule {
        program: "Emacs",
        takes: Takes::NotOlder(1),
        source: |path| ends(path, &[".elc", ".el", ".el.gz"]).iter().map(|stem| file_name(stem).to_vec()).collect(),
        cache: native,
        named: None,
    },
    // `default-load/use-compiled` with `modify-seconds`.
    Rule {
        program: "Racket",
        takes: Takes::NotOlder(SECOND),
        source: |path| ends(path, &[".rkt", ".ss", ".scm", ".scrbl", ".txt"]).iter().map(|_| path.to_vec()).collect(),
        cache: racket,
        named: None,
    },
    // ASDF, `compute-action-stamp`.
    Rule {
        program: "ASDF",
        takes: Takes::NotOlder(SECOND),
        source: |path| ends(path, &[".lisp", ".lsp", ".cl"]),
        cache: lisp,
        named: None,
    },
    // `load_files/2`, of files that were compiled by `qcompile/1`.
    Rule {
        program: "SWI-Prolog",
        takes: Takes::NotOlder(1),
        source: |path| ends(path, &[".pl", ".prolog"]),
        cache: |path| path.strip_suffix(b".qlf").map(<[u8]>::to_vec),
        // Most files of this name are Perl's.
        named: Some(|path| holds(path, b"prolog") || holds(path, b"swi")),
    },
    // `clojure.lang.RT.load`: both are looked for in the whole class path.
    Rule {
        program: "Clojure",
        takes: Takes::Newer(MILLISECOND),
        source: |path| ends(file_name(path), &[".clj", ".cljc"]),
        cache: |path| file_name(path).strip_suffix(b"__init.class").map(<[u8]>::to_vec),
        named: None,
    },
    // `clojure`, the script: the class path that a project was last run with, unless its `deps.edn` is newer.
    Rule {
        program: "Clojure",
        takes: Takes::NotOlder(1),
        source: |path| if file_name(path) == b"deps.edn" { vec![parent(path).to_vec()] } else { Vec::new() },
        cache: |path| {
            let directory = Some(parent(path)).filter(|directory| file_name(directory) == b".cpcache");
            directory.filter(|_| path.ends_with(b".cp")).map(|directory| parent(directory).to_vec())
        },
        named: None,
    },
    // `Shrinkwrap.load` of npm, with `assertNoNewer`: what is installed is taken from the list while no directory of a package
    // is newer, and else looked up.
    Rule {
        program: "npm",
        takes: Takes::NotOlder(MILLISECOND),
        source: packages,
        cache: |path| {
            let directory = path.strip_suffix(b"/.package-lock.json")?;
            (file_name(directory) == b"node_modules").then(|| directory.to_vec())
        },
        named: None,
    },
    // `ClassicPluginStrategy.explode`: the same of plugins.
    Rule {
        program: "Jenkins",
        takes: Takes::Same(MILLISECOND),
        source: |path| ends(path, &[".jpi", ".hpi"]),
        cache: |path| path.strip_suffix(b"/.timestamp2").map(<[u8]>::to_vec),
        named: None,
    },
    // Jython has the time in an attribute of the class.
    Rule {
        program: "Jython",
        takes: Takes::Recorded,
        source: |path| ends(path, &[".py"]),
        cache: |path| path.strip_suffix(b"$py.class").map(<[u8]>::to_vec),
        named: None,
    },
    // `SharedClassPathEntry::validate` (filemap.cpp) of archives of classes of the user's own.
    Rule {
        program: "Java",
        takes: Takes::Recorded,
        source: |path| ends(path, &[".jar"]).iter().map(|_| Vec::new()).collect(),
        cache: shared_classes,
        named: None,
    },
    // `stale_cachefile` (base/loading.jl).
    Rule {
        program: "Julia",
        takes: Takes::Recorded,
        source: |path| ends(path, &[".jl"]).iter().map(|_| Vec::new()).collect(),
        cache: |path| (path.ends_with(b".ji") && components(path).any(|name| name == b"compiled")).then(Vec::new),
        named: None,
    },
    // `zend_file_cache_script_load` (ext/opcache/zend_file_cache.c): below a directory named by a hash, the path of the source.
    Rule { program: "PHP", takes: Takes::Recorded, source: |path| vec![path.to_vec()], cache: opcache, named: None },
    // `bs_read_key` and `cache_key_equal` (ext/bootsnap/bootsnap.c): the name is a hash of the source's path.
    Rule {
        program: "Bootsnap",
        takes: Takes::Recorded,
        source: |path| {
            ends(path, &[".rb", ".rake", ".ru", ".yml", ".yaml", ".json"]).iter().map(|_| Vec::new()).collect()
        },
        cache: bootsnap,
        named: None,
    },
    // `_smarty_tpl.file_dependency`, in compiled templates: the name is a hash of the template's path.
    Rule {
        program: "Smarty",
        takes: Takes::Recorded,
        source: |path| ends(path, &[".tpl"]).iter().map(|_| Vec::new()).collect(),
        cache: |path| {
            let is_of_directory = components(path).any(|name| name == b"templates_c");
            (path.ends_with(b".tpl.php") && (is_of_directory || smarty(path).is_some())).then(Vec::new)
        },
        named: None,
    },
    // The same of a template of any ending, by its name.
    Rule {
        program: "Smarty",
        takes: Takes::Recorded,
        source: |path| vec![file_name(path).to_vec()],
        cache: |path| smarty(path).filter(|name| !name.ends_with(b".tpl")),
        named: None,
    },
    // `@babel/register`, `lib/worker/cache.js`: one file for all that was compiled, by the path and time of each.
    Rule {
        program: "Babel",
        takes: Takes::Recorded,
        source: |path| ends(path, BABEL).iter().map(|_| Vec::new()).collect(),
        cache: |path| is_of_babel(path).then(Vec::new),
        named: None,
    },
    // `_compiled_is_current` (Template/Provider.pm): beside the template, where any ending may be set, ...
    Rule {
        program: "Template Toolkit",
        takes: Takes::Same(SECOND),
        source: |path| vec![path.to_vec()],
        cache: |path| ends(path, TEMPLATES).pop(),
        named: Some(is_template),
    },
    // ... and below `COMPILE_DIR`, by the path of the template.
    Rule {
        program: "Template Toolkit",
        takes: Takes::Same(SECOND),
        source: |path| vec![file_name(path).to_vec()].into_iter().filter(|_| is_template(path)).collect(),
        cache: |path| ends(path, TEMPLATES).pop().map(|path| file_name(&path).to_vec()),
        named: None,
    },
    // `script_cache_check` (xonsh/codecache.py).
    Rule {
        program: "xonsh",
        takes: Takes::NotOlder(1),
        source: |path| vec![path.to_vec()],
        cache: xonsh,
        named: Some(|path| path.ends_with(b".xsh") || path.ends_with(b"xonshrc") || xonsh(path).is_some()),
    },
    // `CheckValidity` (apt-pkg/pkgcachegen.cc).
    Rule {
        program: "apt",
        takes: Takes::Recorded,
        source: |path| {
            let is_source = path.starts_with(b"var/lib/apt/lists/") || path == b"var/lib/dpkg/status";
            if is_source { vec![Vec::new()] } else { Vec::new() }
        },
        cache: |path| {
            let caches: [&[u8]; 2] = [b"var/cache/apt/pkgcache.bin", b"var/cache/apt/srcpkgcache.bin"];
            caches.contains(&path).then(Vec::new)
        },
        named: None,
    },
    // `_compile_from_file` (mako/template.py): below `module_directory`, by the path of the template.
    Rule {
        program: "Mako",
        takes: Takes::NotOlder(SECOND),
        source: |path| ends(path, MAKO).iter().map(|_| file_name(path).to_vec()).collect(),
        cache: mako,
        named: None,
    },
    // `isExpired` (Illuminate/View/Compilers/Compiler.php): the name is a hash of the view's path.
    Rule {
        program: "Blade",
        takes: Takes::Newer(SECOND),
        source: |path| ends(path, &[".blade.php"]).iter().map(|_| Vec::new()).collect(),
        cache: |path| blade(path).then(Vec::new),
        named: None,
    },
    // `isExpired` of BladeOne: a copy of it.
    Rule {
        program: "BladeOne",
        takes: Takes::NotOlder(SECOND),
        source: |path| ends(path, &[".blade.php"]).iter().map(|_| Vec::new()).collect(),
        cache: |path| path.ends_with(b".bladec").then(Vec::new),
        named: None,
    },
    // `isFresh` (Loader/FilesystemLoader.php), with `auto_reload`: the name is a hash.
    Rule {
        program: "Twig",
        takes: Takes::Newer(SECOND),
        source: |path| ends(path, &[".twig"]).iter().map(|_| Vec::new()).collect(),
        cache: |path| twig(path).then(Vec::new),
        named: None,
    },
    // `ConfigCache` in debug mode (Config/Resource/FileResource.php): the list of the sources is not read.
    Rule {
        program: "Symfony",
        takes: Takes::Recorded,
        source: |path| ends(path, SYMFONY).iter().map(|_| Vec::new()).collect(),
        cache: |path| path.ends_with(b".php.meta").then(Vec::new),
        named: None,
    },
    // `MTimeProtectedFastFileStorage` of Drupal: the name of the file is a hash of its directory's time.
    Rule {
        program: "Drupal",
        takes: Takes::Recorded,
        source: |path| if is_of_drupal(path) { vec![path.to_vec()] } else { Vec::new() },
        cache: |path| (path.ends_with(b".php") && is_of_drupal(parent(path))).then(|| parent(path).to_vec()),
        named: None,
    },
    // `vim.loader` of Neovim: the name is the path of the source, escaped.
    Rule {
        program: "Neovim",
        takes: Takes::Recorded,
        source: |path| ends(path, &[".lua"]).iter().map(|_| file_name(path).to_vec()).collect(),
        cache: neovim,
        named: None,
    },
    // The time of each archive of the class path (`SH_ROMClassManager`, `ClasspathItem` of OpenJ9).
    Rule {
        program: "OpenJ9",
        takes: Takes::Recorded,
        source: |path| ends(path, &[".jar", ".war", ".zip"]).iter().map(|_| Vec::new()).collect(),
        cache: |path| openj9(path).then(Vec::new),
        named: None,
    },
    // `condition_test_needs_update` (src/shared/condition.c) of systemd: whether `ConditionNeedsUpdate=` does not hold. Where
    // the stamp has no nanoseconds, they are in its text.
    Rule { program: "systemd", takes: Takes::NotOlder(1), source: usr, cache: updated, named: None },
    Rule { program: "systemd", takes: Takes::NotOlder(SECOND), source: usr, cache: updated, named: None },
    // `_gtk_icon_cache_new_for_path` (gtk/gtkiconcache.c): an icon that the cache does not name is not shown.
    Rule {
        program: "GTK",
        takes: Takes::NotOlder(SECOND),
        source: |path| if is_of_icons(path) { vec![path.to_vec()] } else { Vec::new() },
        cache: |path| (file_name(path) == b"icon-theme.cache").then(|| parent(path).to_vec()),
        named: None,
    },
    // `is_changed` (src/man.c): what was formatted is shown while it has the time of the page.
    Rule {
        program: "man",
        takes: Takes::Same(SECOND),
        source: |path| page(path, b"man").into_iter().collect(),
        cache: |path| page(path, b"cat"),
        named: None,
    },
    // `sieve_binary_up_to_date` of Pigeonhole.
    Rule {
        program: "Dovecot",
        takes: Takes::NotOlder(SECOND),
        source: |path| ends(path, &[".sieve"]),
        cache: |path| ends(path, &[".svbin"]).pop(),
        named: None,
    },
    // `find_file` of Text::Xslate: below `cache_dir`, in a directory that the path of the templates names.
    Rule {
        program: "Xslate",
        takes: Takes::NotOlder(SECOND),
        source: |path| ends(path, &[".tx"]).iter().map(|_| file_name(path).to_vec()).collect(),
        cache: |path| ends(path, &[".txc"]).iter().map(|stem| [file_name(stem), b".tx"].concat()).next(),
        named: None,
    },
    // `gst_registry_scan_plugin_file`: what the list says of a plugin of that time and size is not asked of the plugin.
    Rule {
        program: "GStreamer",
        takes: Takes::Recorded,
        source: |path| if is_plugin(path, b"gstreamer-1.0") { vec![Vec::new()] } else { Vec::new() },
        cache: |path| {
            let is_list = file_name(path).starts_with(b"registry.") && file_name(parent(path)) == b"gstreamer-1.0";
            (is_list && path.ends_with(b".bin")).then(Vec::new)
        },
        named: None,
    },
    // `AllocatePluginFile` (src/modules/bank.c): the same.
    Rule {
        program: "VLC",
        takes: Takes::Recorded,
        source: |path| if is_plugin(path, b"vlc") { vec![Vec::new()] } else { Vec::new() },
        cache: |path| path.ends_with(b"/plugins.dat").then(Vec::new),
        named: None,
    },
    // `dirstate`: a file of the time and size that it holds is not read to tell whether it was changed.
    Rule {
        program: "Mercurial",
        takes: Takes::Recorded,
        source: above,
        cache: |path| working_copy(path, b".hg/dirstate"),
        named: None,
    },
    // `svn_wc__internal_file_modified_p`: the same.
    Rule {
        program: "Subversion",
        takes: Takes::Recorded,
        source: above,
        cache: |path| working_copy(path, b".svn/wc.db"),
        named: None,
    },
];
