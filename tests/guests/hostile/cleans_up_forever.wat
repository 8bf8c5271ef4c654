;; Never comes back from what follows its result.
(func (export "post-return") (param i32) (loop $again (br $again)))
