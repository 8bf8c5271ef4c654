;; A task whose documentation clears the terminal and turns the line around.
(data (i32.const 8192) "\1b[2J\1b]0;owned\07 \c2\9b31m \e2\80\ae ends here")
(data (i32.const 4116) "\00\20\00\00\22\00\00\00")
