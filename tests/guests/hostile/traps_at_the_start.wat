;; Its start function traps.
(func $start-badly unreachable)
(start $start-badly)
