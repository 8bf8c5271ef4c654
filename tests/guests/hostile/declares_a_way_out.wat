;; A right to read what is above every directory.
(data (i32.const 8192) "\00\00\00\00\00\21\00\00\0b\00\00\00\00\00\00\00")
(data (i32.const 8448) "/../../etc/")
(data (i32.const 4280) "\00\20\00\00\01\00\00\00")
