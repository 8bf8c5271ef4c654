"""The exceptions of Flyte that mean something within a component."""

from flyte_guest.errors import (
    ActionAbortedError,
    BaseRuntimeError,
    CustomError,
    NonRecoverableError,
    NotInTaskContextError,
    OnlyAsyncIOSupportedError,
    RemoteTaskNotFoundError,
    RuntimeDataValidationError,
    RuntimeSystemError,
    RuntimeUnknownError,
    RuntimeUserError,
    SyncTaskCallInAsyncContextError,
    TaskAborted,
    TaskFailed,
    TaskNotFound,
)

__all__ = [
    "ActionAbortedError",
    "BaseRuntimeError",
    "CustomError",
    "NonRecoverableError",
    "NotInTaskContextError",
    "OnlyAsyncIOSupportedError",
    "RemoteTaskNotFoundError",
    "RuntimeDataValidationError",
    "RuntimeSystemError",
    "RuntimeUnknownError",
    "RuntimeUserError",
    "SyncTaskCallInAsyncContextError",
    "TaskAborted",
    "TaskFailed",
    "TaskNotFound",
]
