;; A pattern that a matcher which goes back and forth never ends with.
(data (i32.const 8192) "{\22type\22:\22string\22,\22pattern\22:\22^(a+)+$\22}")
(data (i32.const 4132) "\00\20\00\00\25\00\00\00")
