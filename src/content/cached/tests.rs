use super::*;

/// The programs that tie a cache to a source.
fn tied(cache: &str, source: &str) -> Vec<&'static str> {
    let sources = ties(source.as_bytes());
    let caches = ties(cache.as_bytes()).into_iter().filter(|tie| tie.is_cache);
    let tied = caches.filter(|cache| sources.iter().any(|source| !source.is_cache && source.key == cache.key));
    tied.map(|tie| tie.rule.program).collect()
}

#[test]
fn caches_are_tied_to_their_sources() {
    for (program, cache, source) in [
        ("zsh", "root/.zshrc.zwc", "root/.zshrc"),
        ("zsh", "usr/share/zsh/functions/Misc.zwc", "usr/share/zsh/functions/Misc/zmv"),
        ("zsh", "opt/f.zwc", "opt/f"),
        ("Guile", "usr/lib/x86_64-linux-gnu/guile/3.0/ccache/ice-9/x.go", "usr/share/guile/3.0/ice-9/x.scm"),
        ("Guile", "usr/lib/guile/3.0/site-ccache/x.go", "usr/share/guile/site/3.0/x.scm"),
        ("Guile", "root/.cache/guile/ccache/3.0-LE-8-4.6/app/x.scm.go", "app/x.scm"),
        ("Emacs", "usr/share/emacs/site-lisp/x.elc", "usr/share/emacs/site-lisp/x.el"),
        ("Emacs", "usr/share/emacs/29.1/lisp/x.elc", "usr/share/emacs/29.1/lisp/x.el.gz"),
        ("Emacs", "usr/lib/emacs/29.1/native-lisp/29.1-a0b1c2d3/x-y-0011aabb-ccdd2233.eln", "usr/share/emacs/x-y.elc"),
        ("Racket", "a/compiled/x_rkt.zo", "a/x.rkt"),
        ("Racket", "compiled/x_y_rkt.zo", "x_y.rkt"),
        ("ASDF", "root/.cache/common-lisp/sbcl-2.2.9-linux-x64/a/x.fasl", "a/x.lisp"),
        ("ASDF", "a/x.fasl", "a/x.lisp"),
        ("SWI-Prolog", "a/x.qlf", "a/x.pl"),
        ("Clojure", "a/core__init.class", "a/core.clj"),
        ("Clojure", "target/classes/app/core__init.class", "src/app/core.clj"),
        ("Clojure", "app/.cpcache/123456.cp", "app/deps.edn"),
        ("Guile", "root/.cache/guile/ccache/3.0-LE-8-4.6/app/run.go", "app/run"),
        ("npm", "app/node_modules/.package-lock.json", "app/node_modules"),
        ("npm", "app/node_modules/.package-lock.json", "app/node_modules/@s"),
        ("npm", "node_modules/.package-lock.json", "node_modules/@s/a/node_modules/b"),
        ("Smarty", "c/0123456789abcdef0123456789abcdef01234567_0.file.x.html.php", "app/x.html"),
        ("Neovim", "root/.cache/nvim/luac/%2fa%2fx.luac", "a/x.lua"),
        ("Babel", "root/.babel.json", "app/x.js"),
        (
            "lib2to3",
            "usr/lib/python3.11/lib2to3/Grammar3.11.2.final.0.pickle",
            "usr/lib/python3.11/lib2to3/Grammar.txt",
        ),
        ("lib2to3", "lib2to3/PatternGrammar3.11.2.final.0.pickle", "lib2to3/PatternGrammar.txt"),
        ("lib2to3", "root/.cache/black/26.10.1/Grammar3.11.7.final.0.pickle", "usr/lib/python3/blib2to3/Grammar.txt"),
        ("lib2to3", "root/.cache/YAPF/0.43.0/Grammar-py3.11.7.final.0.pickle", "opt/_ylib2to3/Grammar.txt"),
        ("Numba", "tmp/app_0123456789abcdef0123456789abcdef01234567/x.f-12.py311.nbi", "srv/app/x.py"),
        ("jieba", "tmp/jieba.u6c59b2e9780486492ee5b3181fd4eb55.cache", "app/u.txt"),
        ("Tomcat", "work/org/apache/jsp/index_jsp.class", "webapps/ROOT/index.jsp"),
        ("Tomcat", "work/org/apache/jsp/a/my_002dpage_jsp$1.class", "webapps/ROOT/a/my-page.jsp"),
        ("Tomcat", "work/org/apache/jsp/_1_005fa_html.class", "webapps/ROOT/1_a.html"),
        ("Qt", "root/.cache/app/qmlcache/0123456789abcdef0123456789abcdef01234567.qmlc", "app/x.qml"),
        ("Tomcat", "webapps/shop/META-INF/war-tracker", "webapps/shop.war"),
        ("Jenkins", "plugins/git/.timestamp2", "plugins/git.jpi"),
        ("Jython", "a/x$py.class", "a/x.py"),
        ("Qt", "a/x.qmlc", "a/x.qml"),
        ("Java", "app/app.jsa", "app/app.jar"),
        ("Julia", "root/.julia/compiled/v1.9/A/x.ji", "root/.julia/packages/A/src/A.jl"),
        ("PHP", "var/cache/0123456789abcdef0123456789abcdef/app/x.php.bin", "app/x.php"),
        ("Bootsnap", "app/tmp/cache/bootsnap/compile-cache-iseq/3f/b2c5d0e1a4f697", "app/app/models/user.rb"),
        ("Bootsnap", "app/tmp/cache/bootsnap/compile-cache-yaml/3f/b2c5d0e1a4f697", "app/config/database.yml"),
        ("Numba", "app/__pycache__/x.f-12.py311.nbi", "app/x.py"),
        ("Smarty", "app/templates_c/0a1b2c_0.file.x.tpl.php", "app/templates/x.tpl"),
        ("Java", "app/app.aot", "app/app.jar"),
        ("Babel", "app/node_modules/.cache/@babel/register/.babel.7.29.0.development.json", "app/src/x.jsx"),
        ("Template Toolkit", "app/x.html.ttc", "app/x.html"),
        ("Template Toolkit", "var/cache/tt/app/x.tt.ttc", "app/x.tt"),
        ("xonsh", "root/.local/share/xonsh/xonsh_script_cache/app/_s__a_.xsh.cpython-311", "app/S_a.xsh"),
        ("apt", "var/cache/apt/pkgcache.bin", "var/lib/dpkg/status"),
    ] {
        assert_eq!(tied(cache, source), [program], "{cache} {source}");
        assert!(is_noted(cache.as_bytes()), "{cache}");
    }
}

#[test]
fn other_files_are_tied_to_nothing() {
    for (cache, source) in [
        ("app/main.go", "app/main.scm"),
        ("a/x.elc", "b/x.el"),
        ("a/x-0011aabb.eln", "a/x.elc"),
        ("opt/java/lib/server/classes.jsa", "app/app.jar"),
        ("lib2to3/Grammar3.11.2.final.0.pickle", "lib2to3/PatternGrammar.txt"),
        ("a/x_rkt.zo", "a/x.rkt"),
        ("app/tmp/cache/bootsnap/load-path-cache", "app/x.rb"),
        ("app/__pycache__/x.f-12.py311.nbi", "app/y.py"),
        ("app/x.tpl.php", "app/x.tpl"),
        ("node_modules/.package-lock.json", "node_modules/a/node_modules"),
        ("node_modules/.package-lock.json", "node_modules/a/lib"),
        ("node_modules/.package-lock.json", "node_modules/.cache"),
        ("app/com/example/a_html.class", "webapps/ROOT/a.html"),
        ("tmp/jieba.u6c59b2e9780486492ee5b3181fd4eb55.cache", "app/v.txt"),
    ] {
        assert!(tied(cache, source).is_empty(), "{cache} {source}");
    }
    for other in ["usr/bin/x", "app/main.go", "app/x.pl", "app/x.php", "app/app.jar", "a.md", "a.bin", "A.class"] {
        assert!(!is_noted(other.as_bytes()), "{other}");
    }
    for source in ["root/.zshrc", "usr/share/zsh/functions/Misc/zmv", "a/x.scm", "a/x.el", "usr/lib/swi-prolog/x.pl"] {
        assert!(is_noted(source.as_bytes()), "{source}");
    }
}

#[test]
fn times_are_held_against_each_other_in_the_units_of_the_program() {
    let zsh = Takes::NotOlder(SECOND);
    assert_eq!(zsh.takes((7, 200), (7, 800)), Some(true));
    assert_eq!(zsh.takes((6, 999_999_999), (7, 0)), Some(false));
    let guile = Takes::NotOlder(1);
    assert_eq!(guile.takes((7, 5), (7, 5)), Some(true));
    assert_eq!(guile.takes((7, 4), (7, 5)), Some(false));
    let clojure = Takes::Newer(MILLISECOND);
    assert_eq!(clojure.takes((7, 1_900_000), (7, 1_000_000)), Some(false));
    assert_eq!(clojure.takes((-1, 0), (-2, 999_999_999)), Some(true));
    assert_eq!(Takes::Same(MILLISECOND).takes((7, 1), (7, 2)), Some(true));
    assert_eq!(Takes::Recorded.takes((7, 0), (7, 0)), None);
}
