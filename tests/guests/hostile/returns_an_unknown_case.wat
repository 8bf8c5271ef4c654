;; Neither a result nor an error.
(data (i32.const 3000) "\07")
