# Everything a fresh machine needs besides Python 3.11+, make and a network is brought by these targets, into the clone.
UV := $(shell command -v uv 2>/dev/null || echo .tools/uv/bin/uv)
PYTHON ?= python3
RUN = .venv/bin/

.DEFAULT_GOAL := help
.PHONY: help setup messages run test check chromium evaluate bench bench-console contract compare clean

help: ## Show the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 15

.tools/uv/bin/uv:
	@echo "setup: bringing uv into .tools/uv"
	@$(PYTHON) -m venv .tools/uv
	@.tools/uv/bin/pip install --quiet --disable-pip-version-check 'uv>=0.9'

# The stamps make a second start need no installer at all.
.venv/.ready: uv.lock pyproject.toml | $(filter .tools/%,$(UV))
	@echo "setup: web environment"
	@$(UV) sync --frozen --no-progress --quiet
	@touch $@

nlu/.venv/.ready: nlu/uv.lock nlu/pyproject.toml | $(filter .tools/%,$(UV))
	@echo "setup: Rasa's environment (1.5 GB; the first time this takes a minute or more)"
	@$(UV) sync --frozen --project nlu $(if $(CI),--no-progress --quiet,)
	@touch $@

# What gettext reads is built and not committed.
MO = $(patsubst %.po,%.mo,$(wildcard console/translations/*/LC_MESSAGES/*.po))
%.mo: %.po .venv/.ready
	@$(RUN)rumbo interface compile

setup: .venv/.ready nlu/.venv/.ready $(MO) ## Install both environments, build the interface's translations

messages: .venv/.ready ## Gather the texts marked in the console into its catalogues, and build them
	@$(RUN)rumbo interface update
	@$(RUN)rumbo interface compile

run: setup ## Start the line: database, Redis, understanding, webhook, phone simulator
	@$(RUN)rumbo up

check: setup ## Lint, types, import contracts, content
	$(RUN)ruff check .
	$(RUN)ruff format --check .
	$(RUN)mypy
	$(RUN)lint-imports
	$(RUN)rumbo content check
	$(RUN)rumbo language attest
	$(RUN)rumbo interface check

chromium:
	@command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1 \
	|| { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 && echo "setup: Chromium for the browser tests" \
	&& apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends chromium >/dev/null; } \
	|| echo "setup: no Chromium here and no right to install it: the browser tests are skipped"

test: check chromium ## All checks and tests, as CI runs them
	$(RUN)rumbo nlu train
	$(RUN)pytest

evaluate: setup ## Measure the understanding (half an hour): held-out messages, authors and Mayan utterances left out
	$(RUN)rumbo nlu evaluate tests/nlu/heldout_es.tsv tests/nlu/heldout_es_hard.tsv \
	--cross-validate authors --cross-validate mayan --report docs/understanding.html

bench: setup ## Measure checking and changing content, the understanding, the webhook and the memory of each process
	$(RUN)python -m benchmarks.content
	$(RUN)python -m benchmarks.understanding
	$(RUN)python -m benchmarks.webhook

bench-console: .venv/.ready ## Measure the console's pages over a million turns (made the first time: some minutes, 2 GB)
	$(RUN)python -m benchmarks.console

# In .tools/prism: Twilio's description of its API, and the server that answers by it. Needs node.
contract: .venv/.ready ## Check what we send against Twilio's own description of its API
	@npm install --prefix .tools/prism --no-audit --no-fund --silent @stoplight/prism-cli@5.14.2 @twilio-alpha/mcp@0.7.0
	@.tools/prism/node_modules/.bin/prism mock -p 4517 --errors \
	.tools/prism/node_modules/@twilio-alpha/mcp/twilio-oai/spec/json/twilio_api_v2010.json > .tools/prism/log 2>&1 & \
	server=$$!; trap "kill $$server" EXIT; \
	for second in $$(seq 30); do grep -q "Prism is listening" .tools/prism/log && break; sleep 1; done; \
	PRISM_URL=http://127.0.0.1:4517 $(RUN)pytest tests/webhooks/test_twilio_messages.py -k description

compare: setup ## Measure several pipelines inside Rasa on the same data (an hour or two)
	nlu/.venv/bin/python -m benchmarks.pipelines

clean: ## Remove what was built: environments, models, state
	rm -rf .venv nlu/.venv .tools var
