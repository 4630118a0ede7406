// The lab: each module wires one of its panels.

import './frame.js'
import './rating-stars.js'
import { wireCanvas } from './lab/canvas.js'
import { wireConsole } from './lab/console.js'
import { wireDom } from './lab/dom.js'
import { wireErrors } from './lab/errors.js'
import { wireList } from './lab/list.js'
import { wireNetwork } from './lab/network.js'
import { wireSightline } from './lab/sightline.js'
import { wireStyles } from './lab/styles.js'

for (const wire of [wireErrors, wireNetwork, wireConsole, wireSightline, wireList, wireCanvas, wireStyles, wireDom]) wire()
