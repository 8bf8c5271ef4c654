;; Gives its result, and traps in what follows.
(func (export "post-return") (param i32) unreachable)
