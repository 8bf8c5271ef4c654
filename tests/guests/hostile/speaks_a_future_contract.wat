;; Exports tasks by a version of the contract that is not written yet.
(component
  (instance $tasks)
  (export "flyte:task/task-set@7.0.0" (instance $tasks)))
