;; Its start function never ends.
(func $start-forever (loop $again (br $again)))
(start $start-forever)
