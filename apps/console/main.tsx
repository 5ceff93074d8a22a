import { render } from 'preact';
import { App } from './shell/app.js';
import 'uplot/dist/uPlot.min.css';
import './style/tokens.css';
import './style/base.css';
import './style/parts/status.css';
import './style/parts/table.css';
import './style/parts/filters.css';
import './style/parts/content.css';
import './style/parts/json.css';
import './style/parts/dialog.css';
import './style/parts/chart.css';
import './style/parts/figures.css';
import './style/layout.css';

render(<App />, document.getElementById('console')!);
