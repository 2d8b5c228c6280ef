"""Forms (form-js JSON schema): parse, check at publication, validate each submission.

form = parse_form(raw)
problems = check_form(form, checks=FIELD_CHECKS)
values = validate(form, submission, now=now, names=data, checks=FIELD_CHECKS)
"""

from engine.definitions.forms.check import check_form
from engine.definitions.forms.conditions import FieldCheck
from engine.definitions.forms.model import Field, Form, in_scope, parse_form
from engine.definitions.forms.reserved import RESERVED, name_problem
from engine.definitions.forms.rows import blind_expressions
from engine.definitions.forms.validate import validate

__all__ = [
    "RESERVED",
    "Field",
    "FieldCheck",
    "Form",
    "blind_expressions",
    "check_form",
    "in_scope",
    "name_problem",
    "parse_form",
    "validate",
]
