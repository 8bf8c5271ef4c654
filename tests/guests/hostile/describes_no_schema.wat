;; A schema that is none.
(data (i32.const 8192) "{\22type\22:[\22integer\22,7],\22items\22:")
(data (i32.const 4132) "\00\20\00\00\1e\00\00\00")
