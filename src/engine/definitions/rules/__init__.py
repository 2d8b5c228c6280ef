"""Every rule, in one tuple. A rule is a function; its name with dashes is its id.

To add one: write the function in the module of its family, add it here, and add tests/data/definitions/invalid/<id>/.
"""

from __future__ import annotations

from engine.definitions.problem import Severity
from engine.definitions.rules import (
    drawing,
    elements,
    events,
    expressions,
    gateways,
    loops,
    references,
    structure,
    tasks,
)
from engine.definitions.rules.view import Finding, Rule, View

#: A diagram that breaks one of these has no well-defined tokens; soundness is examined without them only.
STRUCTURAL = (
    Rule(structure.several_processes),
    Rule(structure.too_many_elements),
    Rule(structure.missing_id),
    Rule(structure.duplicate_id),
    Rule(structure.dangling_flow),
    Rule(structure.flow_to_itself),
    Rule(structure.no_start),
    Rule(structure.several_starts),
    Rule(structure.wrong_start_or_end),
    Rule(structure.no_outgoing_flow),
    Rule(structure.unreachable_element),
    Rule(elements.unsupported_element),
    Rule(elements.unsupported_loop),
    Rule(events.signal_end_event),
    Rule(events.link_event),
    Rule(events.compensation_event),
    Rule(events.unsupported_event),
    Rule(events.interrupting_event_subprocess),
    Rule(events.event_subprocess),
    Rule(events.subprocess_start),
    Rule(events.boundary_host),
    Rule(events.event_gateway_target),
    Rule(gateways.conditional_flow_from_task),
    Rule(gateways.several_outgoing_flows),
    Rule(gateways.wrong_default_flow),
    Rule(references.call_cycle),
)

RULES = (
    *STRUCTURAL,
    Rule(structure.process_id_mismatch),
    Rule(structure.manifest_key_mismatch),
    Rule(structure.not_executable),
    Rule(elements.manual_task),
    Rule(elements.foreign_extension),
    Rule(events.message_without_name),
    Rule(events.message_without_key),
    Rule(events.event_without_name),
    Rule(events.empty_timer),
    Rule(events.timer_cycle_on_catch),
    Rule(gateways.gateway_lacks_condition),
    Rule(gateways.gateway_lacks_default),
    Rule(gateways.condition_ignored),
    Rule(tasks.user_task_without_form),
    Rule(tasks.user_task_without_role),
    Rule(tasks.unknown_role),
    Rule(tasks.missing_form),
    Rule(tasks.form_not_bare),
    Rule(tasks.form_invalid),
    Rule(tasks.form_row_condition),
    Rule(tasks.unused_form, Severity.WARNING),
    Rule(tasks.service_task_without_service),
    Rule(tasks.unknown_service),
    Rule(tasks.reserved_variable),
    Rule(tasks.separate_from_unknown),
    Rule(tasks.unknown_reminders),
    Rule(tasks.signing_unsound),
    Rule(tasks.unknown_property, Severity.WARNING),
    Rule(expressions.feel_in_condition),
    Rule(expressions.feel_in_timer),
    Rule(expressions.feel_in_property),
    Rule(expressions.feel_in_loop),
    Rule(expressions.script_format),
    Rule(expressions.script_line),
    Rule(loops.multi_instance_without_count),
    Rule(loops.multi_instance_output),
    Rule(loops.collection_without_loop, Severity.WARNING),
    Rule(references.unknown_called_process),
    Rule(references.business_rule_without_decision),
    Rule(references.unknown_decision),
    Rule(references.decision_not_bare),
    Rule(references.duplicate_decision),
    Rule(references.decision_invalid),
    Rule(references.hit_policy),
    Rule(drawing.missing_layout, Severity.WARNING),
    Rule(drawing.missing_documentation, Severity.WARNING),
    Rule(drawing.missing_name, Severity.WARNING),
    Rule(drawing.lane_contradicts_role, Severity.WARNING),
)

__all__ = ["RULES", "STRUCTURAL", "Finding", "Rule", "View"]
