;; A cache policy that there is not.
(data (i32.const 4208) "\09")
